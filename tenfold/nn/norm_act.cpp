#include "tenfold/nn/norm_act.h"

#include <ATen/ATen.h>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

/// The same in LibTorch's operations: other devices, other dtypes. Rounds to the dtype between the operations.
at::Tensor by_operations(NormActImpl& norm, const at::Tensor& x, const at::Tensor& residual) {
  const auto& o = norm.options();
  const bool training = norm.is_training();
  auto y = at::batch_norm(x, norm.weight, norm.bias, norm.running_mean, norm.running_var, training, o.momentum, o.eps, true);
  if (residual.defined()) y = y + residual;
  if (o.act == Act::relu) y = at::relu(y);
  if (o.act == Act::relu6) y = at::hardtanh(y, 0, 6);
  if (training) norm.num_batches_tracked.add_(1);
  return y;
}

}  // namespace

NormActImpl::NormActImpl(const NormActOptions& options) : options_(options) {
  if (options_.channels < 1) throw ConfigError("norm.channels", "is " + std::to_string(options_.channels) + "; needs at least 1");
  reset();
}

void NormActImpl::reset() {
  const int64_t channels = options_.channels;
  weight = register_parameter("weight", at::ones({channels}));
  bias = register_parameter("bias", at::zeros({channels}));
  running_mean = register_buffer("running_mean", at::zeros({channels}));
  running_var = register_buffer("running_var", at::ones({channels}));
  num_batches_tracked = register_buffer("num_batches_tracked", at::zeros({}, at::kLong));
}

torch::Tensor NormActImpl::forward(const torch::Tensor& x, const torch::Tensor& residual) {
  TORCH_CHECK(x.dim() >= 2 && x.size(1) == options_.channels, "NormAct needs [N, ", options_.channels, ", …], was given ", x.sizes());
  TORCH_CHECK(!residual.defined() || residual.sizes() == x.sizes(), "NormAct needs a residual of the input's shape ", x.sizes(),
              ", was given ", residual.sizes());
  if (is_training() && x.numel() <= options_.channels)
    throw ConfigError("batch", "a training batch with one value a channel has no deviation to normalise by; needs at least 2 items: "
                               "raise batch, or leave out a short last batch (drop_last)");
  return by_operations(*this, x, residual);
}

}  // namespace tenfold::nn
