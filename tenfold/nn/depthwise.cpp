#include "tenfold/nn/depthwise.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// One side of the image, and how the kernel walks it.
struct Side {
  int64_t size = 0, kernel = 0, stride = 0, before = 0, after = 0;
  int64_t places() const { return (size + before + after - kernel) / stride + 1; }
};

/// What each place sees: taps in order, sources ascending.
std::vector<Taps> forward_taps(const Side& side) {
  std::vector<Taps> all(static_cast<size_t>(side.places()));
  for (int64_t place = 0; place < side.places(); ++place) {
    const int64_t start = place * side.stride - side.before;
    const int64_t tap = std::max<int64_t>(0, -start), end = std::min(side.kernel, side.size - start);
    all[static_cast<size_t>(place)] = {.source = static_cast<int32_t>(start + tap),
                                       .source_step = 1,
                                       .tap = static_cast<int32_t>(tap),
                                       .tap_step = 1,
                                       .count = static_cast<int32_t>(std::max<int64_t>(0, end - tap))};
  }
  return all;
}

/// By which places each pixel was seen: every stride-th tap, places descending.
std::vector<Taps> backward_taps(const Side& side) {
  std::vector<Taps> all(static_cast<size_t>(side.size));
  for (int64_t pixel = 0; pixel < side.size; ++pixel) {
    Taps& taps = all[static_cast<size_t>(pixel)];
    taps.source_step = -1;
    taps.tap_step = static_cast<int32_t>(side.stride);
    for (int64_t tap = 0; tap < side.kernel; ++tap) {
      const int64_t distance = pixel + side.before - tap;
      if (distance < 0 || distance % side.stride != 0 || distance / side.stride >= side.places()) continue;
      if (taps.count++ > 0) continue;
      taps.tap = static_cast<int32_t>(tap);
      taps.source = static_cast<int32_t>(distance / side.stride);
    }
  }
  return all;
}

const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kFloat ? kernels().fp32 : kernels().bf16;
}

/// [C, 1, k, k] → [k · k, C] fp32.
at::Tensor tap_major(const at::Tensor& weight) { return weight.flatten(1).t().contiguous(); }

/// in [N, C, …] channels-last → [N, C, places of rows, places of columns].
at::Tensor gather(const at::Tensor& in, const at::Tensor& weight, const at::Tensor& bias, const std::vector<Taps>& rows,
                  const std::vector<Taps>& columns) {
  const auto height = static_cast<int64_t>(rows.size()), width = static_cast<int64_t>(columns.size());
  auto out = at::empty({in.size(0), in.size(1), height, width}, in.options(), at::MemoryFormat::ChannelsLast);
  const auto taps = tap_major(weight);
  const Depthwise pass{.in = in.const_data_ptr(),
                       .out = out.mutable_data_ptr(),
                       .weight = taps.const_data_ptr<float>(),
                       .bias = bias.defined() ? bias.const_data_ptr<float>() : nullptr,
                       .row_taps = rows.data(),
                       .column_taps = columns.data(),
                       .in_height = in.size(2),
                       .in_width = in.size(3),
                       .out_height = height,
                       .out_width = width,
                       .channels = in.size(1),
                       .kernel = weight.size(2)};
  const auto& run = kernels_for(in);
  const int64_t grain = 1 + 8192 / (width * in.size(1));
  at::parallel_for(0, in.size(0) * height, grain,
                   [&](int64_t first, int64_t last) { run.depthwise(pass, first, last); });
  return out;
}

/// Sums over fixed pieces of the output rows: fp32 within a piece, double across.
at::Tensor weight_gradient(const at::Tensor& x, const at::Tensor& dy, const at::Tensor& weight, const Side& rows,
                           const Side& columns) {
  const DepthwiseWeight pass{.x = x.const_data_ptr(),
                             .dy = dy.const_data_ptr(),
                             .height = x.size(2),
                             .width = x.size(3),
                             .out_height = dy.size(2),
                             .out_width = dy.size(3),
                             .channels = x.size(1),
                             .kernel = rows.kernel,
                             .stride = rows.stride,
                             .top = rows.before,
                             .left = columns.before};
  const auto& run = kernels_for(x);
  const int64_t lines = dy.size(0) * dy.size(2), piece = std::max<int64_t>(16, (lines + 63) / 64),
                pieces = (lines + piece - 1) / piece;
  auto partial = at::zeros({pieces, rows.kernel * rows.kernel, x.size(1)}, weight.options());
  float* sums = partial.mutable_data_ptr<float>();
  at::parallel_for(0, pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p)
      run.depthwise_weight(pass, p * piece, std::min(lines, (p + 1) * piece), sums + p * partial.stride(0));
  });
  std::vector<double> total(static_cast<size_t>(partial.stride(0)), 0.0);
  for (int64_t p = 0; p < pieces; ++p)
    for (size_t i = 0; i < total.size(); ++i) total[i] += sums[static_cast<size_t>(p) * total.size() + i];
  auto gradient = at::empty({rows.kernel * rows.kernel, x.size(1)}, weight.options());
  std::copy(total.begin(), total.end(), gradient.mutable_data_ptr<float>());
  return gradient.t().contiguous().view(weight.sizes());
}

/// [N, C, H, W] → [C] fp32.
at::Tensor channel_sums(const at::Tensor& dy) {
  return at::sum(dy, std::array<int64_t, 3>{0, 2, 3}, /*keepdim=*/false, at::kFloat);
}

struct DepthwiseConv : torch::autograd::Function<DepthwiseConv> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& bias, int64_t stride, SidePadding rows,
                            SidePadding columns) {
    context->save_for_backward({x, weight});
    context->saved_data["biased"] = bias.has_value();
    context->saved_data["walk"] = std::vector<int64_t>{stride, rows.before, rows.after, columns.before, columns.after};
    const Side down{x.size(2), weight.size(2), stride, rows.before, rows.after};
    const Side across{x.size(3), weight.size(3), stride, columns.before, columns.after};
    return gather(x, weight, bias.value_or(at::Tensor()), forward_taps(down), forward_taps(across));
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(),
                "depthwise convolution is differentiable once; backward with create_graph needs twice");
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1];
    const auto walk = context->saved_data["walk"].toIntVector();
    const Side down{x.size(2), weight.size(2), walk[0], walk[1], walk[2]},
        across{x.size(3), weight.size(3), walk[0], walk[3], walk[4]};
    const auto dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor dx, dweight, dbias;
    if (context->needs_input_grad(0)) dx = gather(dy, weight, {}, backward_taps(down), backward_taps(across));
    if (context->needs_input_grad(1)) dweight = weight_gradient(x, dy, weight, down, across);
    if (context->saved_data["biased"].toBool() && context->needs_input_grad(2)) dbias = channel_sums(dy);
    return {dx, dweight, dbias, {}, {}, {}};
  }
};

}  // namespace

bool is_depthwise_fast(const at::Tensor& x, int64_t kernel) {
  return (kernel == 3 || kernel == 5 || kernel == 7) && x.is_cpu() && x.dim() == 4 &&
         (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16);
}

at::Tensor depthwise_conv(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, int64_t stride,
                          SidePadding rows, SidePadding columns) {
  TORCH_CHECK(x.size(1) == weight.size(0), "depthwise convolution of ", weight.size(0), " channels was given ",
              x.sizes());
  TORCH_CHECK(x.size(2) + rows.before + rows.after >= weight.size(2) &&
                  x.size(3) + columns.before + columns.after >= weight.size(3),
              "depthwise convolution needs an image of at least its kernel, ", weight.size(2), ", was given ",
              x.sizes());
  const auto added = bias.defined() ? std::optional(bias) : std::nullopt;
  return DepthwiseConv::apply(x.contiguous(at::MemoryFormat::ChannelsLast), weight, added, stride, rows, columns);
}

}  // namespace tenfold::nn
