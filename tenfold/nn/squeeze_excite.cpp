#include "tenfold/nn/squeeze_excite.h"

#include <ATen/ATen.h>

#include <array>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

/// The 1x1 convolution of single pixels, [N, in] → [N, out].
at::Tensor linear(const Conv2d& layer, const at::Tensor& x) {
  return at::linear(x, layer->weight.flatten(1), layer->bias);
}

}  // namespace

SqueezeExciteImpl::SqueezeExciteImpl(const SqueezeExciteOptions& options) : options_(options) {
  if (options_.channels < 1 || options_.squeezed < 1)
    throw ConfigError("squeeze_excite", "has " + std::to_string(options_.channels) + " channels and " +
                                            std::to_string(options_.squeezed) + " between; needs at least 1 of each");
  if (options_.act != Act::relu && options_.act != Act::silu)
    throw ConfigError("squeeze_excite", "has an activation that is neither relu nor silu; choose one of them");
  reset();
}

void SqueezeExciteImpl::reset() {
  const auto layer = [](int64_t in, int64_t out) {
    return Conv2d(ConvOptions{.in = in, .out = out, .kernel = 1, .bias = true});
  };
  fc1_ = register_module("fc1", layer(options_.channels, options_.squeezed));
  fc2_ = register_module("fc2", layer(options_.squeezed, options_.channels));
}

torch::Tensor SqueezeExciteImpl::forward(const torch::Tensor& x) {
  const auto mean = at::mean(x, std::array<int64_t, 2>{2, 3}, /*keepdim=*/false, fc1_->weight.scalar_type());
  const auto inside = linear(fc1_, mean);
  const auto outside = linear(fc2_, options_.act == Act::silu ? at::silu(inside) : at::relu(inside));
  const auto factor = options_.gate == Gate::sigmoid ? at::sigmoid(outside) : at::hardsigmoid(outside);
  return x * factor.to(x.scalar_type()).unsqueeze(2).unsqueeze(3);
}

}  // namespace tenfold::nn
