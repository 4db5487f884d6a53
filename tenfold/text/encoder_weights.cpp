// Published weights of encoders: where they lie, and what their names mean.

#include <algorithm>
#include <string>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/encoder.h"
#include "tenfold/text/encoders/family.h"

namespace tenfold::text {
namespace {

namespace fs = std::filesystem;

fs::path first_of(const fs::path& folder, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (fs::is_regular_file(folder / name)) return folder / name;
  return {};
}

/// The tensors behind the longest prefix that any name has, or all of them.
nn::TensorFile behind_prefix(nn::TensorFile file, const std::string& word_embeddings) {
  std::string prefix;
  for (const auto& [name, tensor] : file.tensors)
    if (name.ends_with(word_embeddings)) prefix = name.substr(0, name.size() - word_embeddings.size());
  if (prefix.empty()) return file;
  nn::TensorFile body;
  for (auto& [name, tensor] : file.tensors)
    if (name.starts_with(prefix)) body.tensors[name.substr(prefix.size())] = tensor;
  return body;
}

/// Norms of the first published weights.
std::string with_new_norm_name(std::string name) {
  for (const auto& [old, now] : {std::pair{".gamma", ".weight"}, {".beta", ".bias"}})
    if (name.ends_with(old)) name.replace(name.size() - std::string(old).size(), std::string::npos, now);
  return name;
}

bool begins_with_any(const std::string& name, const std::vector<std::string>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& prefix) { return name.starts_with(prefix); });
}

}  // namespace

EncoderFiles encoder_files(const std::string& weights) {
  const fs::path given = weights;
  const bool folder = fs::is_directory(given);
  const fs::path beside = folder ? given : given.parent_path();
  EncoderFiles files;
  files.config = first_of(beside, {"config.json"});
  if (files.config.empty())
    throw ConfigError("text_model.weights", "is '" + weights + "', and " + (beside.empty() ? "." : beside.string()) +
                                                " has no config.json; name a folder with config.json, "
                                                "model.safetensors and vocab.txt");
  files.weights = folder ? first_of(beside, {"model.safetensors", "pytorch_model.bin"}) : given;
  files.vocabulary = first_of(beside, {"vocab.txt"});
  return files;
}

void load_encoder(TransformerEncoder& encoder, const fs::path& weights) {
  const auto& family = encoder_family(encoder.shape().family);
  nn::TensorFile file;
  for (auto& [name, tensor] : behind_prefix(nn::read_tensors(weights), "embeddings.word_embeddings.weight").tensors)
    if (!name.ends_with("position_ids")) file.tensors[with_new_norm_name(name)] = tensor;
  const auto report = nn::load_into(encoder, file, weights.string());
  for (const auto& name : report.unexpected) {
    if (name.starts_with("pooler.") || begins_with_any(name, family.heads)) continue;
    throw WeightsError(weights.string(), name,
                       "is no tensor of a " + family.name + " encoder of " + std::to_string(encoder.shape().layers) +
                           " layers; take the config.json that belongs to these weights");
  }
}

}  // namespace tenfold::text
