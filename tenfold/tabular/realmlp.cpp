#include "tenfold/tabular/realmlp.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/nn/init.h"
#include "tenfold/tabular/embedding_rule.h"

namespace tenfold::tabular {
namespace {

// A factor in front of a parameter is a factor of its rate under Adam, whose steps do not depend on the gradient's
// scale.
constexpr double kBiasRate = 0.1, kActivationRate = 0.1, kScaleRate = 6;

std::vector<int64_t> widths(const ModelOptions& options) {
  if (options.layers.empty()) return {256, 256, 256};
  for (const int64_t width : options.layers)
    if (width < 1) throw ConfigError("model.layers", "holds " + std::to_string(width) + "; needs widths of at least 1");
  return options.layers;
}

}  // namespace

TangentLinear::TangentLinear(int64_t in, int64_t out, uint64_t seed, const std::string& name) {
  weight = register_parameter("weight", at::zeros({out, in}));
  bias = register_parameter("bias", at::zeros({out}));
  nn::fill_drawn(weight, seed, name + ".weight", [](Draw& draw) { return draw.normal(); });
  nn::fill_drawn(bias, seed, name + ".bias", [](Draw& draw) { return draw.normal() / kBiasRate; });
}

torch::Tensor TangentLinear::forward(const torch::Tensor& x) {
  const double scale = 1 / std::sqrt(static_cast<double>(weight.size(1)));
  return at::linear(x, (weight * scale).to(x.scalar_type()), (bias * kBiasRate).to(x.scalar_type()));
}

ParametricActivation::ParametricActivation(int64_t width, nn::TaskKind task) : mish_(task == nn::TaskKind::regression) {
  alpha = register_parameter("alpha", at::full({width}, 1 / kActivationRate));
}

torch::Tensor ParametricActivation::forward(const torch::Tensor& x) {
  const auto curved = mish_ ? at::mish(x) : at::selu(x);
  return x + (alpha * kActivationRate).to(x.scalar_type()) * (curved - x);
}

Scales::Scales(int64_t width) { scale = register_parameter("scale", at::full({width}, 1 / kScaleRate)); }

torch::Tensor Scales::forward(const torch::Tensor& x) { return x * (scale * kScaleRate).to(x.scalar_type()); }

RealMlp::RealMlp(const ModelOptions& options, const TableShape& shape, const nn::Task& task, uint64_t seed)
    : TableModel("realmlp") {
  embeddings_ = register_module(
      "embeddings", Embeddings(EmbeddingsOptions{.levels = shape.levels,
                                                 .sizes = embedding_sizes(options, shape.levels, EmbeddingRule::modern),
                                                 .dropout = options.embedding_dropout,
                                                 .start = VectorStart::unit},
                               seed));
  constexpr int64_t kFrequencies = 16, kNumberSize = 4;
  const bool dense = options.numbers == NumberEmbedding::automatic || options.numbers == NumberEmbedding::periodic;
  if (dense && shape.continuous > 0)
    numbers_ = register_module(
        "numbers", std::make_shared<DensePeriodic>(
                       shape.continuous, options.frequencies == 0 ? kFrequencies : options.frequencies,
                       options.frequency_scale, options.number_size == 0 ? kNumberSize : options.number_size, seed));
  else
    numbers_ = make_numbers(options, NumberEmbedding::none, shape.continuous, seed);
  const auto sizes = widths(options);
  constexpr double kDropout = 0.15;
  const auto drops = dropouts(options, sizes.size(), {kDropout});
  int64_t in = embeddings_->width() + shape.continuous * (numbers_ ? numbers_->size() : 1);
  scales_ = register_module("scales", std::make_shared<Scales>(in));
  Modules embedded, body{scales_};
  for (size_t i = 0; i < sizes.size(); ++i) {
    const std::string number = std::to_string(i), name = "linear" + number;
    Layer layer;
    layer.linear = register_module(name, std::make_shared<TangentLinear>(in, sizes[i], seed, name));
    layer.activation =
        register_module("activation" + number, std::make_shared<ParametricActivation>(sizes[i], task.kind));
    layer.dropout = register_module("dropout" + number, nn::Dropout(drops[i]));
    body.push_back(layer.linear);
    body.push_back(layer.activation);
    layers_.push_back(std::move(layer));
    in = sizes[i];
  }
  head_ = register_module("head", std::make_shared<TangentLinear>(in, nn::logits(task), seed, "head"));
  if (!shape.levels.empty()) embedded.push_back(embeddings_.ptr());
  if (numbers_) embedded.push_back(numbers_);
  set_groups(embedded, body, head_);
}

torch::Tensor RealMlp::features(const std::vector<torch::Tensor>& x) {
  const TableInput input(x);
  const auto numbers = numbers_ ? numbers_->forward(input.continuous) : input.continuous;
  auto y = scales_->forward(embeddings_(input.codes, numbers, input.dtype));
  for (auto& layer : layers_) y = layer.dropout(layer.activation->forward(layer.linear->forward(y)));
  return y.to(at::kFloat);
}

}  // namespace tenfold::tabular
