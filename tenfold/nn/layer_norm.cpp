#include "tenfold/nn/layer_norm.h"

#include <ATen/ATen.h>

#include <array>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold::nn {

LayerNormImpl::LayerNormImpl(int64_t channels, double eps) : channels_(channels), eps_(eps) {
  if (channels < 1) throw ConfigError("layer_norm.channels", "is " + std::to_string(channels) + "; needs at least 1");
  reset();
}

void LayerNormImpl::reset() {
  weight = register_parameter("weight", at::ones({channels_}));
  bias = register_parameter("bias", at::zeros({channels_}));
}

torch::Tensor LayerNormImpl::forward(const torch::Tensor& x) {
  // The CPU's kernel takes fp32 parameters beside bf16 values; others want them alike.
  const bool mixed = x.is_cpu() && x.scalar_type() == at::kBFloat16 && weight.scalar_type() == at::kFloat;
  const auto w = mixed ? weight : weight.to(x.scalar_type()), b = mixed ? bias : bias.to(x.scalar_type());
  return at::layer_norm(x, std::array{channels_}, w, b, eps_);
}

torch::Tensor LayerNormImpl::over_channels(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 4 && x.size(1) == channels_, "LayerNorm over channels needs [N, ", channels_,
              ", H, W], was given ", x.sizes());
  return forward(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

}  // namespace tenfold::nn
