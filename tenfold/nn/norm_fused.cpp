#include "tenfold/nn/norm_fused.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t piece = 32768;  // elements that one thread takes at a time: enough to pay for waking it

const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kFloat ? kernels().fp32 : kernels().bf16;
}

Lanes lanes_of(const at::Tensor& x) {
  const int64_t channels = x.size(1);
  return {.width = std::lcm<int64_t>(channels, 16), .elements = x.numel()};
}

/// `channels` values repeated up to the width of a row of lanes.
template <class Value>
std::vector<float> repeated(const Value* values, int64_t channels, int64_t width) {
  std::vector<float> row(static_cast<size_t>(width));
  for (int64_t i = 0; i < width; ++i) row[static_cast<size_t>(i)] = static_cast<float>(values[i % channels]);
  return row;
}

/// Two sums for each channel.
struct ColumnSums {
  std::vector<double> first, second;
};

/// add(from, to, first, second) adds rows [from, to) of lanes to two fp32 rows that start at 0.
template <class Add>
ColumnSums column_sums(const Lanes& lanes, int64_t channels, Add&& add) {
  const int64_t width = lanes.width, rows = lanes.rows(), piece_rows = std::max<int64_t>(128, piece / width);
  const int64_t pieces = (rows + piece_rows - 1) / piece_rows;
  std::vector<float> partial(static_cast<size_t>(pieces * 2 * width), 0.0f);
  at::parallel_for(0, pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      float* sums = partial.data() + p * 2 * width;
      add(p * piece_rows, std::min(rows, (p + 1) * piece_rows), sums, sums + width);
    }
  });
  std::vector<double> total(static_cast<size_t>(2 * width), 0.0);
  for (int64_t p = 0; p < pieces; ++p)
    for (int64_t i = 0; i < 2 * width; ++i)
      total[static_cast<size_t>(i)] += partial[static_cast<size_t>(p * 2 * width + i)];
  ColumnSums sums{std::vector<double>(static_cast<size_t>(channels)),
                  std::vector<double>(static_cast<size_t>(channels))};
  for (int64_t i = 0; i < width; ++i) {
    sums.first[static_cast<size_t>(i % channels)] += total[static_cast<size_t>(i)];
    sums.second[static_cast<size_t>(i % channels)] += total[static_cast<size_t>(width + i)];
  }
  return sums;
}

template <class Work>
void for_rows_in_parallel(const Lanes& lanes, Work&& work) {
  at::parallel_for(0, lanes.rows(), std::max<int64_t>(1, piece / lanes.width), work);
}

/// Rows of the table that a pass keeps, each [C] fp32.
enum Row : int64_t { row_mean, row_scale, row_bias, row_deviation, row_count };  // deviation: 1 / sqrt(variance + eps)

std::vector<float> repeated(const at::Tensor& table, Row row, const Lanes& lanes) {
  return repeated(table.const_data_ptr<float>() + row * table.size(1), table.size(1), lanes.width);
}

at::Tensor run_forward(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& table, Clamp clamp) {
  const Lanes lanes = lanes_of(x);
  const auto mean = repeated(table, row_mean, lanes), scale = repeated(table, row_scale, lanes),
             bias = repeated(table, row_bias, lanes);
  auto y = at::empty_like(x);
  const NormForward pass{.x = x.const_data_ptr(),
                         .residual = residual.defined() ? residual.const_data_ptr() : nullptr,
                         .y = y.mutable_data_ptr(),
                         .mean = mean.data(),
                         .scale = scale.data(),
                         .bias = bias.data(),
                         .low = clamp.low,
                         .high = clamp.high};
  const auto& run = kernels_for(x);
  for_rows_in_parallel(lanes, [&](int64_t first, int64_t last) { run.norm_forward(pass, lanes, first, last); });
  return y;
}

struct ParameterGradients {
  at::Tensor weight, bias;            ///< [C] fp32
  std::vector<double> slope, offset;  ///< as in NormBackward, one a channel
};

ParameterGradients parameter_gradients(const NormBackward& pass, const Lanes& lanes, const Kernels& run,
                                       const at::Tensor& table) {
  const int64_t channels = table.size(1);
  const ColumnSums sums = column_sums(lanes, channels, [&](int64_t first, int64_t last, float* g, float* products) {
    run.norm_sums(pass, lanes, first, last, g, products);
  });
  ParameterGradients found{at::empty({channels}, table.options()), at::empty({channels}, table.options()),
                           std::vector<double>(sums.first.size()), std::vector<double>(sums.first.size())};
  float *weight = found.weight.mutable_data_ptr<float>(), *bias = found.bias.mutable_data_ptr<float>();
  const float *scales = table.const_data_ptr<float>() + row_scale * channels,
              *deviations = table.const_data_ptr<float>() + row_deviation * channels;
  const double count = static_cast<double>(lanes.elements / channels);
  for (size_t c = 0; c < sums.first.size(); ++c) {
    const double deviation = deviations[c], factor = scales[c] / count;
    weight[c] = static_cast<float>(sums.second[c] * deviation);
    bias[c] = static_cast<float>(sums.first[c]);
    found.slope[c] = factor * deviation * deviation * sums.second[c];
    found.offset[c] = factor * sums.first[c];
  }
  return found;
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
    const auto mean = repeated(table, row_mean, lanes), scale = repeated(table, row_scale, lanes),
               bias = repeated(table, row_bias, lanes);
    NormBackward pass{.x = x.defined() ? x.const_data_ptr() : nullptr,
                      .residual = residual.defined() ? residual.const_data_ptr() : nullptr,
                      .y = y.defined() ? y.const_data_ptr() : nullptr,
                      .dy = dy.const_data_ptr(),
                      .mean = mean.data(),
                      .scale = scale.data(),
                      .bias = bias.data(),
                      .low = clamp.low,
                      .high = clamp.high};
    const auto& run = kernels_for(dy);
    ParameterGradients parameters;
    if (context->saved_data["sums"].toBool()) parameters = parameter_gradients(pass, lanes, run, table);
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
  const double count = static_cast<double>(lanes.elements / channels);
  Moments found{std::vector<double>(sums.first.size()), std::vector<double>(sums.first.size())};
  for (size_t c = 0; c < found.mean.size(); ++c) {
    const double shift = sums.first[c] / count, variance = sums.second[c] / count - shift * shift;
    found.mean[c] = static_cast<double>(origin[c]) + shift;
    found.variance[c] = variance < 0 ? 0 : variance;  // not std::max: a NaN must show
  }
  return found;
}

at::Tensor fused_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight, const at::Tensor& bias,
                      const Moments& moments, double eps, Clamp clamp, Statistics statistics) {
  const int64_t channels = x.size(1);
  auto table = at::empty({row_count, channels}, at::kFloat);
  float* row = table.mutable_data_ptr<float>();
  const float *weights = weight.const_data_ptr<float>(), *biases = bias.const_data_ptr<float>();
  for (int64_t c = 0; c < channels; ++c) {
    const double deviation = 1 / std::sqrt(moments.variance[static_cast<size_t>(c)] + eps);
    row[row_mean * channels + c] = static_cast<float>(moments.mean[static_cast<size_t>(c)]);
    row[row_scale * channels + c] = static_cast<float>(weights[c] * deviation);
    row[row_bias * channels + c] = biases[c];
    row[row_deviation * channels + c] = static_cast<float>(deviation);
  }
  const bool graph =
      at::GradMode::is_enabled() && (x.requires_grad() || weight.requires_grad() || bias.requires_grad() ||
                                     (residual.defined() && residual.requires_grad()));
  if (!graph) return run_forward(x, residual, table, clamp);
  const auto added = residual.defined() ? std::optional(residual) : std::nullopt;
  return Fused::apply(x, weight, bias, added, table, clamp, statistics);
}

}  // namespace tenfold::nn
