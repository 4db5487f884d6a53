#include "tenfold/nn/norm_fused.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

#include "tenfold/nn/column_sums.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

at::Tensor run_forward(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& table, Clamp clamp) {
  const Lanes lanes = lanes_of(x);
  const NormRows rows(table, lanes);
  auto y = at::empty_like(x);
  const NormForward pass{.x = x.const_data_ptr(),
                         .residual = residual.defined() ? residual.const_data_ptr() : nullptr,
                         .y = y.mutable_data_ptr(),
                         .mean = rows.mean.data(),
                         .scale = rows.scale.data(),
                         .bias = rows.bias.data(),
                         .low = clamp.low,
                         .high = clamp.high};
  const auto& run = kernels_for(x);
  for_rows_in_parallel(lanes, [&](int64_t first, int64_t last) { run.norm_forward(pass, lanes, first, last); });
  return y;
}

/// dx = scale · g where the statistics are constants. Where they are the batch's own, less the part of g that only
/// moves them: dx = scale · (g - mean(g) - (x - mean) · deviation² · mean(g · (x - mean))). Ioffe & Szegedy 2015,
/// section 3.
struct Fused : torch::autograd::Function<Fused> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& bias, const std::optional<at::Tensor>& residual, const at::Tensor& table,
                            Clamp clamp, Statistics statistics) {
    auto y = run_forward(x, residual.value_or(at::Tensor()), table, clamp);
    const bool sums = statistics == Statistics::of_batch || weight.requires_grad() || bias.requires_grad();
    // Where a lower bound alone held back is seen in y, which the next layer keeps anyway; but values just below an
    // upper bound round to it, so that needs what y was made from.
    const bool upper = clamp.high < std::numeric_limits<float>::infinity();
    const bool need_y = !clamp.none() && !upper && (residual.has_value() || !sums);
    context->save_for_backward({sums || upper ? x : at::Tensor(), need_y ? y : at::Tensor(),
                                upper ? residual.value_or(at::Tensor()) : at::Tensor(), table});
    context->saved_data["sums"] = sums;
    context->saved_data["low"] = static_cast<double>(clamp.low);
    context->saved_data["high"] = static_cast<double>(clamp.high);
    context->saved_data["of_batch"] = statistics == Statistics::of_batch;
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "NormAct is differentiable once; backward with create_graph needs twice");
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &y = saved[1], &residual = saved[2], &table = saved[3];
    const Clamp clamp{static_cast<float>(context->saved_data["low"].toDouble()),
                      static_cast<float>(context->saved_data["high"].toDouble())};
    const bool of_batch = context->saved_data["of_batch"].toBool();
    const bool need_x = context->needs_input_grad(0), need_residual = context->needs_input_grad(3);
    const auto dy = channels_inside(gradients[0]);
    const Lanes lanes = lanes_of(dy);
    const int64_t channels = dy.size(1);
    const NormRows rows(table, lanes);
    NormBackward pass{.x = x.defined() ? x.const_data_ptr() : nullptr,
                      .residual = residual.defined() ? residual.const_data_ptr() : nullptr,
                      .y = y.defined() ? y.const_data_ptr() : nullptr,
                      .dy = dy.const_data_ptr(),
                      .mean = rows.mean.data(),
                      .scale = rows.scale.data(),
                      .bias = rows.bias.data(),
                      .low = clamp.low,
                      .high = clamp.high};
    const auto& run = kernels_for(dy);
    ParameterGradients parameters;
    if (context->saved_data["sums"].toBool())
      parameters = parameter_gradients(column_sums(lanes, channels,
                                                   [&](int64_t first, int64_t last, float* g, float* products) {
                                                     run.norm_sums(pass, lanes, first, last, g, products);
                                                   }),
                                       table, lanes.elements / channels);
    std::vector<float> slope, offset;
    if (of_batch) {
      slope = repeated(parameters.slope.data(), channels, lanes.width);
      offset = repeated(parameters.offset.data(), channels, lanes.width);
      pass.slope = slope.data();
      pass.offset = offset.data();
    }
    at::Tensor dx, dresidual;
    if (need_x) dx = at::empty_like(dy);
    if (need_residual) dresidual = clamp.none() ? dy : at::empty_like(dy);
    pass.dx = need_x ? dx.mutable_data_ptr() : nullptr;
    pass.dresidual = need_residual && !clamp.none() ? dresidual.mutable_data_ptr() : nullptr;
    if (pass.dx || pass.dresidual)
      for_rows_in_parallel(lanes, [&](int64_t first, int64_t last) { run.norm_backward(pass, lanes, first, last); });
    return {dx, parameters.weight, parameters.bias, dresidual, {}, {}, {}};
  }
};

}  // namespace

bool is_fusible(const at::Tensor& x) {
  return (x.dim() == 2 || x.dim() == 4) && x.is_cpu() &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

at::Tensor channels_inside(const at::Tensor& x) {
  return x.contiguous(x.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

Moments moments(const at::Tensor& x) {
  const Lanes lanes = lanes_of(x);
  const int64_t channels = x.size(1);
  // Deviations from the first row: sums of squares of the values themselves would cancel where the mean is large.
  const auto first_row = x.dim() == 4 ? x.select(0, 0).select(1, 0).select(1, 0) : x.select(0, 0);
  const auto origin_row = first_row.detach().to(at::kFloat).contiguous();
  const auto origin = repeated(origin_row.const_data_ptr<float>(), channels, lanes.width);
  const auto& run = kernels_for(x);
  const ColumnSums sums = column_sums(lanes, channels, [&](int64_t first, int64_t last, float* values, float* squares) {
    run.moments(x.const_data_ptr(), origin.data(), lanes, first, last, values, squares);
  });
  return moments_of(sums, origin, lanes.elements / channels);
}

at::Tensor fused_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight, const at::Tensor& bias,
                      const Moments& moments, double eps, Clamp clamp, Statistics statistics) {
  const auto table = norm_table(weight, bias, moments, eps);
  const bool graph =
      at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || bias.requires_grad() ||
                                     (residual.defined() && residual.requires_grad()));
  if (!graph) return run_forward(x, residual, table, clamp);
  const auto added = residual.defined() ? std::optional(residual) : std::nullopt;
  return Fused::apply(x, weight, bias, added, table, clamp, statistics);
}

}  // namespace tenfold::nn
