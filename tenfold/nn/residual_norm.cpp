#include "tenfold/nn/residual_norm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/nn/dropped.h"
#include "tenfold/nn/keep_mask.h"
#include "tenfold/nn/kernels/kernels.h"
#include "tenfold/nn/kernels/residual_norm.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16 ? kernels().bf16 : kernels().fp32;
}

struct Fused : torch::autograd::Function<Fused> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& branch,
                            const at::Tensor& weight, const at::Tensor& bias, double eps, const Dropped& dropped) {
    const int64_t rows = x.size(0);
    auto sum = at::empty_like(x), y = at::empty_like(x);
    auto mean = at::empty({rows}, at::kFloat), scale = at::empty({rows}, at::kFloat);
    const ResidualNormForward pass{.x = x.const_data_ptr(),
                                   .branch = branch.const_data_ptr(),
                                   .sum = sum.mutable_data_ptr(),
                                   .y = y.mutable_data_ptr(),
                                   .mean = mean.mutable_data_ptr<float>(),
                                   .scale = scale.mutable_data_ptr<float>(),
                                   .weight = weight.const_data_ptr<float>(),
                                   .bias = bias.const_data_ptr<float>(),
                                   .channels = x.size(1),
                                   .eps = static_cast<float>(eps),
                                   .drops = drops_of(dropped)};
    const auto& run = kernels_for(x);
    at::parallel_for(0, rows, 64, [&](int64_t first, int64_t last) { run.residual_norm_forward(pass, first, last); });
    context->save_for_backward({sum, mean, scale, weight});
    context->saved_data["share"] = dropped.share;
    context->saved_data["key"] = static_cast<int64_t>(dropped.key);
    context->saved_data["call"] = static_cast<int64_t>(dropped.call);
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "ResidualNorm is differentiable once");
    const auto saved = context->get_saved_variables();
    const auto &sum = saved[0], &mean = saved[1], &scale = saved[2], &weight = saved[3];
    const auto dy = gradients[0].contiguous();
    auto dx = at::empty_like(sum), dbranch = at::empty_like(sum);
    const Dropped dropped{context->saved_data["share"].toDouble(),
                          static_cast<uint64_t>(context->saved_data["key"].toInt()),
                          static_cast<uint64_t>(context->saved_data["call"].toInt())};
    const ResidualNormBackward pass{.dy = dy.const_data_ptr(),
                                    .sum = sum.const_data_ptr(),
                                    .dx = dx.mutable_data_ptr(),
                                    .dbranch = dbranch.mutable_data_ptr(),
                                    .mean = mean.const_data_ptr<float>(),
                                    .scale = scale.const_data_ptr<float>(),
                                    .weight = weight.const_data_ptr<float>(),
                                    .channels = sum.size(1),
                                    .drops = drops_of(dropped)};
    // Fixed pieces of the rows, fp32 within a piece and double across.
    const int64_t rows = sum.size(0), channels = sum.size(1), piece = std::max<int64_t>(64, (rows + 63) / 64);
    const int64_t pieces = (rows + piece - 1) / piece;
    auto partial = at::zeros({pieces, 2, channels}, at::kFloat);
    float* sums = partial.mutable_data_ptr<float>();
    const auto& run = kernels_for(sum);
    at::parallel_for(0, pieces, 1, [&](int64_t begin, int64_t end) {
      for (int64_t k = begin; k < end; ++k)
        run.residual_norm_backward(pass, k * piece, std::min(rows, (k + 1) * piece), sums + 2 * k * channels,
                                   sums + (2 * k + 1) * channels);
    });
    const auto parameters = partial.sum(0, /*keepdim=*/false, at::kDouble).to(at::kFloat);
    return {dx, dbranch, parameters[0], parameters[1], {}, {}};
  }
};

}  // namespace

ResidualNormImpl::ResidualNormImpl(const ResidualNormOptions& options)
    : LayerNormImpl(options.channels, options.eps), options_(options) {
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw ConfigError("dropout", "is " + std::to_string(options.dropout) + "; needs a probability from 0 to below 1");
}

torch::Tensor ResidualNormImpl::forward(const torch::Tensor& x, const torch::Tensor& branch) {
  TORCH_CHECK(x.dim() == 2 && x.size(1) == options_.channels && x.sizes() == branch.sizes() &&
                  x.scalar_type() == branch.scalar_type(),
              "a residual norm needs twice [M, ", options_.channels, "] of one dtype, was given ", x.sizes(), " and ",
              branch.sizes());
  Dropped dropped;
  if (is_training() && options_.dropout > 0) dropped = {options_.dropout, key_, calls_++};
  const auto type = x.scalar_type();
  if (x.is_cpu() && (type == at::kFloat || type == at::kBFloat16) && weight.scalar_type() == at::kFloat)
    return Fused::apply(x.contiguous(), branch.contiguous(), weight, bias, options_.eps, dropped);
  if (dropped.share == 0) return LayerNormImpl::forward(x + branch);
  const auto mask = keep_mask(branch.numel(), dropped.share, dropped.key, dropped.call).view(branch.sizes());
  return LayerNormImpl::forward(at::addcmul(x, branch, mask.to(x.device(), type)));
}

}  // namespace tenfold::nn
