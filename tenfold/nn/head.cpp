#include "tenfold/nn/head.h"

#include <ATen/ATen.h>

#include <array>

#include "tenfold/core/error.h"
#include "tenfold/nn/init.h"

namespace tenfold::nn {
namespace {

/// One probability for each linear.
std::vector<double> dropouts(const HeadOptions& options) {
  const size_t linears = options.hidden.size() + 1;
  if (options.dropout.size() == linears) return options.dropout;
  if (options.dropout.size() != 1)
    throw ConfigError("head.dropout", "has " + std::to_string(options.dropout.size()) + " values for " +
                                          std::to_string(linears) +
                                          " linear layer(s); needs one value, or one for each");
  const double last = options.dropout[0];
  std::vector<double> all(linears, options.legacy ? last : last / 2);
  all.back() = last;
  return all;
}

void check(const HeadOptions& options) {
  if (options.features < 1 || options.outputs < 1)
    throw ConfigError("head", "has " + std::to_string(options.features) + " features and " +
                                  std::to_string(options.outputs) + " outputs; needs at least 1 of each");
  for (const int64_t width : options.hidden)
    if (width < 1)
      throw ConfigError("head.hidden", "has a layer of width " + std::to_string(width) + "; needs at least 1");
}

}  // namespace

torch::Tensor concat_pool(const torch::Tensor& x) {
  // Not amax: the gradient of a maximum goes to one pixel, as in the published head, not to all that tie.
  const auto maximum = std::get<0>(at::adaptive_max_pool2d(x, std::array<int64_t, 2>{1, 1}));
  return at::cat({maximum.flatten(1).to(at::kFloat), mean_pool(x)}, 1);
}

torch::Tensor mean_pool(const torch::Tensor& x) { return at::mean(x, std::array<int64_t, 2>{2, 3}, false, at::kFloat); }

HeadImpl::HeadImpl(const HeadOptions& options, uint64_t seed) : options_(options), seed_(seed) {
  check(options_);
  reset();
}

void HeadImpl::reset() {
  const auto drop = dropouts(options_);
  layers_.clear();
  int64_t in = options_.features;
  for (size_t i = 0; i < drop.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const int64_t out = i < options_.hidden.size() ? options_.hidden[i] : options_.outputs;
    Layer layer;
    if (options_.norm)
      layer.norm = register_module("norm" + number, NormAct(NormActOptions{.channels = in, .act = Act::none}));
    if (drop[i] != 0) layer.dropout = register_module("dropout" + number, Dropout(drop[i]));
    layer.linear = register_module("linear" + number, Linear(in, out, options_.legacy || !options_.norm));
    layers_.push_back(layer);
    in = out;
  }
  initialise(*this, seed_, options_.norm ? Start::kaiming : Start::narrow);
  const at::NoGradGuard no_grad;
  if (options_.norm && !options_.legacy)
    for (auto& layer : layers_) layer.norm->bias.fill_(1e-3);
}

torch::Tensor HeadImpl::forward(const torch::Tensor& features) {
  auto x = features.to(at::kFloat);
  for (auto& layer : layers_) {
    if (layer.norm) x = layer.norm(x);
    if (layer.dropout) x = layer.dropout(x);
    x = layer.linear(x);
    if (&layer != &layers_.back()) x = at::relu(x);
  }
  return x;
}

}  // namespace tenfold::nn
