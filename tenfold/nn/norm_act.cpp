#include "tenfold/nn/norm_act.h"

#include <ATen/ATen.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/column_sums.h"

namespace tenfold::nn {
namespace {

/// Smooth activations, which are no clamp: silu is x · sigmoid(x) (Elfwing et al. 2018, arXiv 1702.03118), hardswish
/// its piecewise form (Howard et al. 2019, arXiv 1905.02244, section 5.2). An operation of its own after the norm.
at::Tensor curved(const at::Tensor& y, Act act) {
  if (act == Act::silu) return at::silu(y);
  if (act == Act::hardswish) return at::hardswish(y);
  return y;
}

/// The same in LibTorch's operations, for other devices and dtypes; rounds to the dtype between the operations.
at::Tensor by_operations(NormActImpl& norm, const at::Tensor& x, const at::Tensor& residual) {
  const auto& o = norm.options();
  const bool training = norm.is_training();
  auto y =
      at::batch_norm(x, norm.weight, norm.bias, norm.running_mean, norm.running_var, training, o.momentum, o.eps, true);
  if (residual.defined()) y = y + residual;
  if (o.act == Act::relu) y = at::relu(y);
  if (o.act == Act::relu6) y = at::hardtanh(y, 0, 6);
  if (training) norm.num_batches_tracked.add_(1);
  return curved(y, o.act);
}

Clamp clamp_of(Act act) {
  if (act == Act::relu) return {.low = 0};
  if (act == Act::relu6) return {.low = 0, .high = 6};
  return {};
}

at::Tensor fused(NormActImpl& norm, const at::Tensor& x, const at::Tensor& residual) {
  const Clamp clamp = clamp_of(norm.options().act);
  if (!norm.is_training()) {
    const Moments running{to_doubles(norm.running_mean), to_doubles(norm.running_var)};
    return curved(
        fused_norm(x, residual, norm.weight, norm.bias, running, norm.options().eps, clamp, Statistics::constant),
        norm.options().act);
  }
  const Moments batch = moments(x);
  track(batch, x.numel() / x.size(1), norm.options().momentum, norm.running_mean, norm.running_var,
        norm.num_batches_tracked);
  return curved(fused_norm(x, residual, norm.weight, norm.bias, batch, norm.options().eps, clamp, Statistics::of_batch),
                norm.options().act);
}

}  // namespace

NormActImpl::NormActImpl(const NormActOptions& options) : options_(options) {
  if (options_.channels < 1)
    throw ConfigError("norm.channels", "is " + std::to_string(options_.channels) + "; needs at least 1");
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
  TORCH_CHECK((x.dim() == 2 || x.dim() == 4) && x.size(1) == options_.channels, "NormAct needs [N, ", options_.channels,
              "] or [N, ", options_.channels, ", H, W], was given ", x.sizes());
  TORCH_CHECK(!residual.defined() || residual.sizes() == x.sizes(), "NormAct needs a residual of the input's shape ",
              x.sizes(), ", was given ", residual.sizes());
  if (is_training() && x.numel() <= options_.channels)
    throw ConfigError(
        "batch",
        "a training batch with one value a channel has no deviation to normalise by; needs at least 2 items: "
        "raise batch, or leave out a short last batch (drop_last)");
  if (x.numel() == 0 || !is_fusible(x)) return by_operations(*this, x, residual);
  const auto inside = channels_inside(x);  // another layout costs a copy in and one out
  const auto y = fused(*this, inside, residual.defined() ? channels_inside(residual.to(x.scalar_type())) : residual);
  return inside.is_same(x) || !x.is_contiguous() ? y : y.contiguous();
}

}  // namespace tenfold::nn
