#include "tenfold/nn/norm_gelu.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/column_sums.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Whole lines of pooled pixels are shared out among the threads.
struct PooledLines {
  int64_t count, width;
  explicit PooledLines(const at::Tensor& x) : count(x.size(0) * (x.size(2) / 2)), width(x.size(3) / 2 * x.size(1)) {}
  int64_t piece_lines() const { return std::max<int64_t>(1, piece / width); }
};

PoolForward pool_of(const at::Tensor& x) {
  return {.x = x.const_data_ptr(), .height = x.size(2), .width = x.size(3), .channels = x.size(1)};
}

/// The largest of each four, and the moments of that.
std::pair<at::Tensor, Moments> pooled_moments(const at::Tensor& x) {
  auto pooled = at::empty({x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2},
                          x.options().memory_format(at::MemoryFormat::ChannelsLast));
  // Deviations from the first pixel: sums of squares of the values themselves would cancel where the mean is large.
  const auto first = x[0].slice(1, 0, 2).slice(2, 0, 2).amax({1, 2}).to(at::kFloat).contiguous();
  const std::vector<float> origin(first.const_data_ptr<float>(), first.const_data_ptr<float>() + first.numel());
  PoolForward pass = pool_of(x);
  pass.pooled = pooled.mutable_data_ptr();
  pass.origin = origin.data();
  const PooledLines lines(x);
  const auto& run = kernels_for(x);
  const auto sums = column_sums(lines.count, lines.piece_lines(), x.size(1), x.size(1),
                                [&](int64_t first_line, int64_t last, float* values, float* squares) {
                                  run.pool_moments(pass, first_line, last, values, squares);
                                });
  return {pooled, moments_of(sums, origin, pooled.numel() / x.size(1))};
}

at::Tensor run_forward(const at::Tensor& x, const at::Tensor& table) {
  const Lanes lanes = lanes_of(x);
  const NormRows rows(table, lanes);
  auto y = at::empty_like(x);
  const NormForward pass{.x = x.const_data_ptr(),
                         .y = y.mutable_data_ptr(),
                         .mean = rows.mean.data(),
                         .scale = rows.scale.data(),
                         .bias = rows.bias.data()};
  const auto& run = kernels_for(x);
  for_rows_in_parallel(lanes, [&](int64_t first, int64_t last) { run.norm_gelu_forward(pass, lanes, first, last); });
  return y;
}

/// x is what the network gave, `pooled` what is normalised: x itself where nothing is pooled.
struct Fused : torch::autograd::Function<Fused> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& /*bias*/,
                            const at::Tensor& pooled, const at::Tensor& table, Statistics statistics) {
    context->save_for_backward({x, pooled, table});
    context->saved_data["of_batch"] = statistics == Statistics::of_batch;
    return run_forward(pooled, table);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "NormGelu is differentiable once; backward with create_graph needs twice");
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &pooled = saved[1], &table = saved[2];
    const auto dy = channels_inside(gradients[0]);
    const Lanes lanes = lanes_of(pooled);
    const int64_t channels = x.size(1);
    const NormRows rows(table, lanes);
    NormBackward pass{.x = pooled.const_data_ptr(),
                      .dy = dy.const_data_ptr(),
                      .mean = rows.mean.data(),
                      .scale = rows.scale.data(),
                      .bias = rows.bias.data()};
    const auto& run = kernels_for(x);
    const auto parameters =
        parameter_gradients(column_sums(lanes, channels,
                                        [&](int64_t first, int64_t last, float* g, float* products) {
                                          run.norm_gelu_sums(pass, lanes, first, last, g, products);
                                        }),
                            table, lanes.elements / channels);
    std::vector<float> slope, offset;
    if (context->saved_data["of_batch"].toBool()) {
      slope = repeated(parameters.slope.data(), channels, lanes.width);
      offset = repeated(parameters.offset.data(), channels, lanes.width);
      pass.slope = slope.data();
      pass.offset = offset.data();
    }
    if (!context->needs_input_grad(0)) return {{}, parameters.bias, {}, {}, {}};
    auto dx = at::empty_like(x);
    pass.dx = dx.mutable_data_ptr();
    if (x.is_same(pooled)) {
      for_rows_in_parallel(lanes,
                           [&](int64_t first, int64_t last) { run.norm_gelu_backward(pass, lanes, first, last); });
    } else {
      const PooledLines lines(x);
      const auto pool = pool_of(x);
      at::parallel_for(0, lines.count, lines.piece_lines(),
                       [&](int64_t first, int64_t last) { run.pool_norm_gelu_backward(pass, pool, first, last); });
    }
    return {dx, parameters.bias, {}, {}, {}};
  }
};

/// The same in LibTorch's operations, for other devices, dtypes and widths; rounds to the dtype between them.
at::Tensor by_operations(NormGeluImpl& norm, const at::Tensor& x) {
  const auto& o = norm.options();
  const auto pooled = o.pool == Pool::none ? x : at::max_pool2d(x, {2, 2});
  if (norm.is_training()) norm.num_batches_tracked.add_(1);
  return at::gelu(at::batch_norm(pooled, norm.weight, norm.bias, norm.running_mean, norm.running_var,
                                 norm.is_training(), o.momentum, o.eps, true));
}

}  // namespace

NormGeluImpl::NormGeluImpl(const NormGeluOptions& options) : options_(options) {
  if (options_.channels < 1)
    throw ConfigError("norm.channels", "is " + std::to_string(options_.channels) + "; needs at least 1");
  reset();
}

void NormGeluImpl::reset() {
  const int64_t channels = options_.channels;
  bias = register_parameter("bias", at::zeros({channels}));
  weight = register_buffer("weight", at::ones({channels}));
  running_mean = register_buffer("running_mean", at::zeros({channels}));
  running_var = register_buffer("running_var", at::ones({channels}));
  num_batches_tracked = register_buffer("num_batches_tracked", at::zeros({}, at::kLong));
}

torch::Tensor NormGeluImpl::forward(const torch::Tensor& given) {
  const int64_t channels = options_.channels;
  const bool pools = options_.pool == Pool::largest_of_four;
  TORCH_CHECK(given.dim() == 4 && given.size(1) == channels, "NormGelu needs [N, ", channels, ", H, W], was given ",
              given.sizes());
  TORCH_CHECK(!pools || (given.size(2) > 1 && given.size(3) > 1), "pooling needs at least 2 x 2 pixels, was given ",
              given.sizes());
  if (!is_fusible(given) || given.numel() == 0 || (pools && channels % 16 != 0)) return by_operations(*this, given);
  const auto x = channels_inside(given);
  at::Tensor pooled = x;
  Moments statistics;
  {
    const at::NoGradGuard no_grad;
    if (pools)
      std::tie(pooled, statistics) = pooled_moments(x.detach());
    else if (is_training())
      statistics = moments(x);
  }
  if (is_training())
    track(statistics, pooled.numel() / channels, options_.momentum, running_mean, running_var, num_batches_tracked);
  else
    statistics = {to_doubles(running_mean), to_doubles(running_var)};
  const auto table = norm_table(weight, bias, statistics, options_.eps);
  if (!at::GradMode::is_enabled() || !(x.requires_grad() || bias.requires_grad())) return run_forward(pooled, table);
  return Fused::apply(x, bias, pooled, table, is_training() ? Statistics::of_batch : Statistics::constant);
}

}  // namespace tenfold::nn
