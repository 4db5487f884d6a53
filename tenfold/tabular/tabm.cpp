#include "tenfold/tabular/tabm.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/nn/init.h"
#include "tenfold/nn/loss.h"
#include "tenfold/tabular/embedding_rule.h"

namespace tenfold::tabular {
namespace {

std::vector<int64_t> widths(const ModelOptions& options) {
  if (options.layers.empty()) return {512, 512};
  for (const int64_t width : options.layers)
    if (width < 1) throw ConfigError("model.layers", "holds " + std::to_string(width) + "; needs widths of at least 1");
  return options.layers;
}

/// Even in ±1 / √in.
void start_even(const at::Tensor& tensor, int64_t in, uint64_t seed, const std::string& name) {
  const double bound = 1 / std::sqrt(static_cast<double>(in));
  nn::fill_drawn(tensor, seed, name, [bound](Draw& draw) { return draw.uniform(-bound, bound); });
}

}  // namespace

MemberLinear::MemberLinear(int64_t members, int64_t in, int64_t out, uint64_t seed, const std::string& name) {
  weight = register_parameter("weight", at::zeros({out, in}));
  r = register_parameter("r", at::ones({members, in}));
  s = register_parameter("s", at::ones({members, out}));
  bias = register_parameter("bias", at::zeros({members, out}));
  start_even(weight, in, seed, name + ".weight");
  auto shared = at::zeros({out});  // members start with the same biases
  start_even(shared, in, seed, name + ".bias");
  const at::NoGradGuard no_grad;
  bias.copy_(shared.expand({members, out}));
}

torch::Tensor MemberLinear::forward(const torch::Tensor& x) {
  const auto type = x.scalar_type();
  return at::linear(x * r.to(type), weight.to(type)) * s.to(type) + bias.to(type);
}

MemberHeads::MemberHeads(int64_t members, int64_t in, int64_t out, uint64_t seed) {
  weight = register_parameter("weight", at::zeros({members, in, out}));
  bias = register_parameter("bias", at::zeros({members, 1, out}));
  start_even(weight, in, seed, "heads.weight");
  start_even(bias, in, seed, "heads.bias");
}

torch::Tensor MemberHeads::forward(const torch::Tensor& features) {
  const auto of_members = features.view({features.size(0), weight.size(0), weight.size(1)}).transpose(0, 1);
  return at::baddbmm(bias, of_members, weight);
}

TabM::TabM(const ModelOptions& options, const TableShape& shape, const nn::Task& task, uint64_t seed)
    : TableModel("tabm"), task_(task), members_(options.members) {
  if (members_ < 1) throw ConfigError("model.members", "is " + std::to_string(members_) + "; needs at least 1 network");
  const auto sizes = embedding_sizes(options, shape.levels, EmbeddingRule::modern);
  embeddings_ = register_module("embeddings", Embeddings(EmbeddingsOptions{.levels = shape.levels,
                                                                           .sizes = sizes,
                                                                           .dropout = options.embedding_dropout,
                                                                           .start = VectorStart::unit},
                                                         seed));
  numbers_ = make_numbers(options, NumberEmbedding::piecewise_linear, shape.continuous, seed);
  const int64_t number_size = numbers_ ? numbers_->size() : 1;
  const auto layers = widths(options);
  constexpr double kDropout = 0.1;
  const auto drops = dropouts(options, layers.size(), {kDropout});
  int64_t in = embeddings_->width() + shape.continuous * number_size;
  for (size_t i = 0; i < layers.size(); ++i) {
    const std::string name = "layer" + std::to_string(i);
    layers_.push_back(register_module(name, std::make_shared<MemberLinear>(members_, in, layers[i], seed, name)));
    dropouts_.push_back(register_module("dropout" + std::to_string(i), nn::Dropout(drops[i])));
    in = layers[i];
  }
  heads_ = register_module("heads", std::make_shared<MemberHeads>(members_, in, nn::logits(task), seed));
  auto sections = sizes;
  sections.insert(sections.end(), static_cast<size_t>(shape.continuous), number_size);
  start_first_scales(sections, seed);

  Modules embedded;
  if (!shape.levels.empty()) embedded.push_back(embeddings_.ptr());
  if (numbers_) embedded.push_back(numbers_);
  set_groups(embedded, {layers_.begin(), layers_.end()}, heads_);
}

/// What makes members differ: the scales of the first layer's inputs start normal, one a column, whose elements share
/// it.
void TabM::start_first_scales(const std::vector<int64_t>& sections, uint64_t seed) {
  auto scales = at::zeros({members_, static_cast<int64_t>(sections.size())});
  nn::fill_drawn(scales, seed, "layer0.r", [](Draw& draw) { return draw.normal(); });
  const at::NoGradGuard no_grad;
  layers_.front()->r.copy_(at::repeat_interleave(scales, at::tensor(sections, at::kLong), 1));
}

torch::Tensor TabM::features(const std::vector<torch::Tensor>& x) {
  const TableInput input(x);
  const auto numbers = numbers_ ? numbers_->forward(input.continuous) : input.continuous;
  auto y = embeddings_(input.codes, numbers, input.dtype).unsqueeze(1);  // [N, 1, in]: the members share it
  for (size_t i = 0; i < layers_.size(); ++i) y = dropouts_[i](at::relu(layers_[i]->forward(y)));
  return y.flatten(1).to(at::kFloat);
}

torch::Tensor TabM::head(const torch::Tensor& features) {
  const auto of_members = heads_->forward(features);
  const auto rows = of_members.flatten(0, 1);
  const auto activated = nn::activate(task_, rows);
  return nn::logits_of(task_, activated.view({members_, features.size(0), activated.size(1)}).mean(0));
}

std::vector<nn::WeightedLogits> TabM::training_logits(const std::vector<torch::Tensor>& x) {
  std::vector<nn::WeightedLogits> all;
  for (const auto& logits : heads_->forward(features(x)).unbind(0))
    all.push_back({.logits = logits, .weight = 1 / static_cast<double>(members_)});
  return all;
}

}  // namespace tenfold::tabular
