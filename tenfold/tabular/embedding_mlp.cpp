#include "tenfold/tabular/embedding_mlp.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/init.h"
#include "tenfold/tabular/embedding_rule.h"

namespace tenfold::tabular {
namespace {

std::vector<int64_t> widths(const ModelOptions& options, Generation generation) {
  if (options.layers.empty())
    return generation == Generation::modern ? std::vector<int64_t>{200, 100} : std::vector<int64_t>{1000, 500};
  for (const int64_t width : options.layers)
    if (width < 1) throw ConfigError("model.layers", "holds " + std::to_string(width) + "; needs widths of at least 1");
  return options.layers;
}

NormPlace place_of(const ModelOptions& options, Generation generation) {
  if (options.norm != NormPlace::automatic) return options.norm;
  return generation == Generation::modern ? NormPlace::after : NormPlace::none;
}

std::vector<double> own_dropout(Generation generation, size_t layers) {
  constexpr double kFirst = 0.001, kLater = 0.01;  // fast.ai's Rossmann; 2.x leaves none out
  if (generation == Generation::modern) return {0};
  std::vector<double> all(layers, kLater);
  if (!all.empty()) all.front() = kFirst;
  return all;
}

/// A module without parameters of its own that gives its children their dotted names.
std::shared_ptr<torch::nn::Module> holder() { return std::make_shared<torch::nn::Module>(); }

/// As torch's linear layers start: weights and bias even in ±1 / √in.
void start_as_torch(nn::LinearImpl& linear, uint64_t seed, const std::string& name) {
  const double bound = 1 / std::sqrt(static_cast<double>(linear.weight.size(1)));
  const auto even = [bound](Draw& draw) { return draw.uniform(-bound, bound); };
  nn::fill_drawn(linear.weight, seed, name + ".weight", even);
  if (linear.bias.defined()) nn::fill_drawn(linear.bias, seed, name + ".bias", even);
}

}  // namespace

EmbeddingMlp::EmbeddingMlp(const ModelOptions& options, Generation generation, const TableShape& shape, int64_t outputs,
                           uint64_t seed)
    : TableModel(generation == Generation::modern ? "modern" : "legacy"), norm_(place_of(options, generation)) {
  const bool modern = generation == Generation::modern;
  const auto rule = modern ? EmbeddingRule::modern : EmbeddingRule::legacy;
  embeddings_ =
      register_module(modern ? "embeds" : "embs",
                      Embeddings(EmbeddingsOptions{.levels = shape.levels,
                                                   .sizes = embedding_sizes(options, shape.levels, rule),
                                                   .dropout = options.embedding_dropout,
                                                   .start = modern ? VectorStart::modern : VectorStart::legacy},
                                 seed));
  numbers_ = make_numbers(options, NumberEmbedding::none, shape.continuous, seed);
  if (!numbers_ && options.norm_continuous && shape.continuous > 0)
    continuous_norm_ = register_module(
        modern ? "bn_cont" : "bn", nn::NormAct(nn::NormActOptions{.channels = shape.continuous, .act = nn::Act::none}));

  const auto sizes = widths(options, generation);
  const auto drops = dropouts(options, sizes.size(), own_dropout(generation, sizes.size()));
  const auto lins = register_module(modern ? "layers" : "lins", holder());
  const auto bns = modern || norm_ == NormPlace::none ? nullptr : register_module("bns", holder());
  int64_t in = embeddings_->width() + shape.continuous * (numbers_ ? numbers_->size() : 1);
  for (size_t i = 0; i < sizes.size(); ++i) {
    const std::string number = std::to_string(i);
    auto layer = make_layer(generation, in, sizes[i], drops[i]);
    if (modern) {
      const auto block = lins->register_module(number, holder());
      block->register_module("0", layer.linear.ptr());
      if (layer.norm) block->register_module(norm_ == NormPlace::after ? "2" : "1", layer.norm.ptr());
      if (layer.dropout) block->register_module("3", layer.dropout.ptr());
    } else {
      lins->register_module(number, layer.linear.ptr());
      if (layer.norm) bns->register_module(number, layer.norm.ptr());
      if (layer.dropout) register_module("drops" + number, layer.dropout);
    }
    layers_.push_back(std::move(layer));
    in = sizes[i];
  }
  head_ = nn::Linear(in, outputs);
  if (modern)
    lins->register_module(std::to_string(sizes.size()), holder())->register_module("0", head_.ptr());
  else
    register_module("outp", head_);
  start(generation, seed);

  Modules embedded, body;
  if (!shape.levels.empty()) embedded.push_back(embeddings_.ptr());
  if (numbers_) embedded.push_back(numbers_);
  if (continuous_norm_) body.push_back(continuous_norm_.ptr());
  for (const auto& layer : layers_) {
    body.push_back(layer.linear.ptr());
    if (layer.norm) body.push_back(layer.norm.ptr());
  }
  set_groups(embedded, body, head_.ptr());
}

EmbeddingMlp::Layer EmbeddingMlp::make_layer(Generation generation, int64_t in, int64_t out, double dropout) const {
  Layer layer;
  layer.linear = nn::Linear(in, out, /*bias=*/norm_ == NormPlace::none || generation == Generation::legacy);
  if (norm_ != NormPlace::none)
    layer.norm = nn::NormAct(
        nn::NormActOptions{.channels = out, .act = norm_ == NormPlace::before ? nn::Act::relu : nn::Act::none});
  if (dropout > 0) layer.dropout = nn::Dropout(dropout);
  return layer;
}

void EmbeddingMlp::start(Generation generation, uint64_t seed) {
  if (generation == Generation::legacy) {
    const auto even_bias = [&](nn::LinearImpl& linear, const std::string& name) {
      start_as_torch(linear, seed, name);
      nn::kaiming_normal(linear.weight, nn::Fan::in, 1, seed, name + ".weight");
    };
    for (size_t i = 0; i < layers_.size(); ++i) even_bias(*layers_[i].linear, "lins." + std::to_string(i));
    return even_bias(*head_, "outp");
  }
  for (size_t i = 0; i < layers_.size(); ++i)
    start_as_torch(*layers_[i].linear, seed, "layers." + std::to_string(i) + ".0");
  start_as_torch(*head_, seed, "head");
}

torch::Tensor EmbeddingMlp::features(const std::vector<torch::Tensor>& x) {
  const TableInput input(x);
  auto numbers = input.continuous;
  if (numbers_) numbers = numbers_->forward(numbers);
  if (continuous_norm_) numbers = continuous_norm_(numbers);
  auto y = embeddings_(input.codes, numbers, input.dtype);
  for (auto& layer : layers_) {
    y = layer.linear(y);
    if (norm_ != NormPlace::before) y = at::relu(y);
    if (layer.norm) y = layer.norm(y);
    if (layer.dropout) y = layer.dropout(y);
  }
  return y.to(at::kFloat);
}

}  // namespace tenfold::tabular
