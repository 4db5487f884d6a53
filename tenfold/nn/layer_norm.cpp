#include "tenfold/nn/layer_norm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// [2, C] fp32: gradients of weight and bias. Fixed pieces of the rows, fp32 within a piece and double across, so that
/// no bit depends on the number of threads. x, dy [rows, C] bf16; mean, deviation (its reciprocal) [rows] fp32.
at::Tensor parameter_gradients(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& mean,
                               const at::Tensor& deviation) {
  const int64_t channels = x.size(-1), rows = mean.numel(), piece = std::max<int64_t>(64, (rows + 63) / 64);
  const auto *values = x.const_data_ptr<at::BFloat16>(), *gradients = dy.const_data_ptr<at::BFloat16>();
  const float *means = mean.const_data_ptr<float>(), *deviations = deviation.const_data_ptr<float>();
  const int64_t pieces = (rows + piece - 1) / piece;
  auto partial = at::zeros({pieces, 2, channels}, at::kFloat);
  float* sums = partial.mutable_data_ptr<float>();
  at::parallel_for(0, pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      float *weight = sums + p * 2 * channels, *bias = weight + channels;
      for (int64_t row = p * piece; row < std::min(rows, (p + 1) * piece); ++row)
        for (int64_t c = 0; c < channels; ++c) {
          const float gradient = gradients[row * channels + c];
          weight[c] += gradient * (static_cast<float>(values[row * channels + c]) - means[row]) * deviations[row];
          bias[c] += gradient;
        }
    }
  });
  return partial.sum(0, /*keepdim=*/false, at::kDouble).to(at::kFloat);
}

/// bf16 values beside fp32 parameters. LibTorch's own backward sums the parameters' gradients in bf16, which is off by
/// percents over a hundred rows and stands still over many.
struct MixedLayerNorm : torch::autograd::Function<MixedLayerNorm> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, double eps) {
    const auto [y, mean, deviation] = at::native_layer_norm(x, weight.sizes(), weight, bias, eps);
    context->save_for_backward({x, weight, bias, mean, deviation});
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "LayerNorm is differentiable once; backward with create_graph needs twice");
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &bias = saved[2], &mean = saved[3], &deviation = saved[4];
    const auto dy = upstream[0].contiguous();
    at::Tensor dx, parameters;
    if (context->needs_input_grad(0))
      dx = std::get<0>(
          at::native_layer_norm_backward(dy, x, weight.sizes(), mean, deviation, weight, bias, {true, false, false}));
    if (!context->needs_input_grad(1) && !context->needs_input_grad(2)) return {dx, {}, {}, {}};
    parameters = parameter_gradients(x, dy, mean, deviation);
    return {dx, parameters[0], parameters[1], {}};
  }
};

}  // namespace

LayerNormImpl::LayerNormImpl(int64_t channels, double eps) : channels_(channels), eps_(eps) {
  if (channels < 1) throw ConfigError("layer_norm.channels", "is " + std::to_string(channels) + "; needs at least 1");
  reset();
}

void LayerNormImpl::reset() {
  weight = register_parameter("weight", at::ones({channels_}));
  bias = register_parameter("bias", at::zeros({channels_}));
}

torch::Tensor LayerNormImpl::forward(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() > 0 && x.size(-1) == channels_, "LayerNorm needs [..., ", channels_, "], was given ", x.sizes());
  if (x.is_cpu() && x.scalar_type() == at::kBFloat16 && weight.scalar_type() == at::kFloat)
    return MixedLayerNorm::apply(x.contiguous(), weight, bias, eps_);
  return at::layer_norm(x, std::array{channels_}, weight.to(x.scalar_type()), bias.to(x.scalar_type()), eps_);
}

torch::Tensor LayerNormImpl::over_channels(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 4 && x.size(1) == channels_, "LayerNorm over channels needs [N, ", channels_,
              ", H, W], was given ", x.sizes());
  return forward(x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

}  // namespace tenfold::nn
