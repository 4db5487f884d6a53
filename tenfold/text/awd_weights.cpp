#include "tenfold/text/awd_weights.h"

#include <ATen/ATen.h>

#include <optional>
#include <utility>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/nn/pickle.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::text {
namespace {

const std::string kEmbedding = "0.encoder.weight", kBias = "1.decoder.bias", kDecoder = "1.decoder.weight";

void replace(std::string& text, const std::string& from, const std::string& to) {
  if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
}

/// The name in our model of one in the file; nothing for aliases.
std::optional<std::string> name_here(std::string name, bool encoder_alone) {
  if (encoder_alone) name = "0." + name;
  if (name.starts_with("0.module.")) name.erase(2, 7);                 // a classifier's encoder
  replace(name, "module.weight_hh_l0_raw", "weight_hh_l0_raw");        // 0.7
  const bool alias = name.find("encoder_dp.") != std::string::npos ||  //
                     name.find("encoder_with_dropout.") != std::string::npos || name.ends_with("module.weight_hh_l0");
  const bool known = name.starts_with("0.encoder.") || name.starts_with("0.rnns.") || name == kBias || name == kDecoder;
  return alias || !known ? std::nullopt : std::optional(name);
}

const at::Tensor& tensor_of(const AwdWeights& weights, const std::string& name) {
  const auto found = weights.tensors.find(name);
  if (found == weights.tensors.end())
    throw WeightsError(weights.path, name, "is missing; this is no AWD-LSTM language model or encoder");
  if (found->second.dim() != 2) throw WeightsError(weights.path, name, "is no matrix, as an AWD-LSTM has here");
  return found->second;
}

void measure(AwdWeights& weights) {
  const auto& embedding = tensor_of(weights, kEmbedding);
  weights.vocab = embedding.size(0);
  weights.widths = {.embedding = embedding.size(1), .hidden = embedding.size(1), .layers = 0};
  while (weights.tensors.contains("0.rnns." + std::to_string(weights.widths.layers) + ".weight_hh_l0_raw"))
    ++weights.widths.layers;
  const auto& first = tensor_of(weights, "0.rnns.0.weight_hh_l0_raw");
  if (weights.widths.layers > 1) weights.widths.hidden = first.size(1);
}

std::string text_of(const AwdLstmWidths& widths) {
  return std::to_string(widths.embedding) + "/" + std::to_string(widths.hidden) + "/" + std::to_string(widths.layers);
}

/// Tensors below `prefix` into a module, after telling what does not fit.
void load_below(torch::nn::Module& module, const AwdEncoder& encoder, const AwdWeights& weights,
                const std::string& prefix) {
  const auto here = encoder.widths(), there = weights.widths;
  if (text_of(here) != text_of(there))
    throw WeightsError(weights.path, "",
                       "is " + text_of(there) + " (embedding/hidden/layers), and the network is " + text_of(here) +
                           "; set its size to the file's");
  if (encoder.vocab() != weights.vocab)
    throw WeightsError(weights.path, kEmbedding,
                       "has " + std::to_string(weights.vocab) + " words, and the network " +
                           std::to_string(encoder.vocab()) + "; give the vocabulary that the file was made with");
  nn::TensorFile file;
  for (const auto& [name, tensor] : weights.tensors)
    if (name.starts_with(prefix)) file.tensors[name.substr(prefix.size())] = tensor;
  nn::load_into(module, file, weights.path, {"hidden_", "cell_", kBias});
}

}  // namespace

AwdWeights read_awd_weights(const std::filesystem::path& path) {
  AwdWeights weights{.path = path.string(), .tensors = {}, .widths = {}};
  const auto file = nn::read_tensors(path);
  const bool alone = file.tensors.contains("encoder.weight");
  for (const auto& [name, tensor] : file.tensors)
    if (const auto here = name_here(name, alone)) weights.tensors[*here] = tensor;
  measure(weights);
  if (const auto decoder = weights.tensors.find(kDecoder); decoder != weights.tensors.end()) {
    if (!at::equal(decoder->second, weights.tensors.at(kEmbedding)))
      throw WeightsError(weights.path, kDecoder,
                         "is not the embedding, and ours always is (tied weights); such a model cannot be loaded");
    weights.tensors.erase(decoder);
  }
  return weights;
}

AwdWeights awd_weights(const AwdLstm& model) {
  AwdWeights weights{.path = "the language model", .tensors = {}, .widths = {}};
  for (const auto& item : model.named_parameters()) weights.tensors[item.key()] = item.value().detach().clone();
  measure(weights);
  return weights;
}

Vocab read_pickled_vocab(const std::filesystem::path& path) {
  const MappedFile file(path);
  nn::Cursor cursor(file.bytes(), path.string());
  const auto pickle = nn::read_pickle(cursor);
  using Kind = nn::PickleValue::Kind;
  const auto& list = pickle.values[pickle.root];
  if (list.kind != Kind::list) throw WeightsError(path.string(), "", "holds no list of words");
  std::vector<std::string> words;
  for (const auto item : list.items) {
    if (pickle.values[item].kind != Kind::text)
      throw WeightsError(path.string(), "",
                         "holds something else than text at place " + std::to_string(words.size()) + " of its list");
    words.push_back(pickle.values[item].text);
  }
  for (const auto* unknown : {"xxunk", "_unk_"})
    for (size_t k = 0; k < words.size(); ++k)
      if (words[k] == unknown) return Vocab(std::move(words), static_cast<int32_t>(k));
  return Vocab(std::move(words));
}

AwdWeights matched(AwdWeights weights, const Vocab& pretrained, const Vocab& own) {
  if (pretrained.size() != weights.vocab)
    throw WeightsError(weights.path, kEmbedding,
                       "has " + std::to_string(weights.vocab) + " words, and the vocabulary given with it " +
                           std::to_string(pretrained.size()) + "; give the one that it was made with");
  const auto rows = at::tensor(merge(pretrained, own).rows, at::kLong), known = rows >= 0;
  const auto taken = [&](const at::Tensor& table) {
    const auto copied = table.index_select(0, rows.clamp_min(0)), mean = table.mean(0, /*keepdim=*/true);
    return table.dim() == 2 ? at::where(known.unsqueeze(1), copied, mean) : at::where(known, copied, mean);
  };
  for (const auto& name : {kEmbedding, kBias})
    if (const auto table = weights.tensors.find(name); table != weights.tensors.end())
      table->second = taken(table->second);
  weights.vocab = own.size();
  return weights;
}

void load_weights(AwdLstm& model, const AwdWeights& weights) { load_below(model, model.encoder(), weights, ""); }

void load_weights(AwdEncoder& encoder, const AwdWeights& weights) { load_below(encoder, encoder, weights, "0."); }

std::map<std::string, at::Tensor> published_state(const AwdLstm& model) {
  std::map<std::string, at::Tensor> state;
  for (const auto& item : model.named_parameters()) state[item.key()] = item.value().detach();
  state["0.encoder_dp.emb.weight"] = state[kDecoder] = state.at(kEmbedding);
  return state;
}

}  // namespace tenfold::text
