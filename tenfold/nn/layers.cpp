#include "tenfold/nn/layers.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/nn/depthwise.h"
#include "tenfold/nn/winograd.h"

namespace tenfold::nn {
namespace {

/// What SAME adds, so that the output has ceil(size / stride) places.
SidePadding same_padding(int64_t size, int64_t kernel, const ConvOptions& o) {
  const int64_t places = (size + o.stride - 1) / o.stride;
  const int64_t total = std::max<int64_t>((places - 1) * o.stride + (kernel - 1) * o.dilation + 1 - size, 0);
  return {total / 2, total - total / 2};
}

int64_t width_of(const ConvOptions& o) { return o.kernel_width == 0 ? o.kernel : o.kernel_width; }

at::Tensor in_dtype_of(const at::Tensor& x, const at::Tensor& parameter) {
  return parameter.defined() ? parameter.to(x.scalar_type()) : parameter;
}

void check(const ConvOptions& o) {
  if (o.in < 1 || o.out < 1 || o.kernel < 1 || o.stride < 1 || o.dilation < 1 || o.groups < 1 || o.padding < 0 ||
      o.kernel_width < 0)
    throw ConfigError("conv", "channels, kernel, stride, dilation and groups need at least 1, padding at least 0");
  if (width_of(o) != o.kernel && !o.same)
    throw ConfigError("conv.kernel_width", "makes a kernel of " + std::to_string(o.kernel) + " x " +
                                               std::to_string(o.kernel_width) +
                                               ", which one padding for all sides does not suit; needs `same`");
  if (o.in % o.groups != 0 || o.out % o.groups != 0)
    throw ConfigError("conv.groups", "is " + std::to_string(o.groups) + ", which does not divide " +
                                         std::to_string(o.in) + " input and " + std::to_string(o.out) +
                                         " output channels");
}

}  // namespace

Conv2dImpl::Conv2dImpl(const ConvOptions& options) : options_(options) {
  check(options_);
  reset();
}

void Conv2dImpl::reset() {
  weight = register_parameter(
      "weight", at::zeros({options_.out, options_.in / options_.groups, options_.kernel, width_of(options_)})
                    .contiguous(at::MemoryFormat::ChannelsLast));
  bias = options_.bias ? register_parameter("bias", at::zeros({options_.out})) : at::Tensor();
}

torch::Tensor Conv2dImpl::forward(const torch::Tensor& x) {
  const auto& o = options_;
  TORCH_CHECK(x.dim() == 4 && x.size(1) == o.in, "convolution needs [N, ", o.in, ", H, W], was given ", x.sizes());
  SidePadding rows{o.padding, o.padding}, columns{o.padding, o.padding};
  if (o.same) rows = same_padding(x.size(2), o.kernel, o), columns = same_padding(x.size(3), width_of(o), o);
  // Our own for depthwise: takes uneven padding without a copy, keeps the weight in fp32, and is far faster back
  // (depthwise.h).
  if (o.groups == o.in && o.out == o.in && o.groups > 1 && o.dilation == 1 && width_of(o) == o.kernel &&
      is_depthwise_fast(x, o.kernel))
    return depthwise_conv(x, weight, bias, o.stride, rows, columns);
  // Fewer than half the multiplications of the direct one (winograd.h).
  const auto by_one = [](const SidePadding& side) { return side.before == 1 && side.after == 1; };
  if (o.kernel == 3 && width_of(o) == 3 && o.stride == 1 && o.dilation == 1 && o.groups == 1 && by_one(rows) &&
      by_one(columns) && is_winograd_fast(x, o.out)) {
    const auto y = winograd_conv(x, weight);
    return bias.defined() ? y + in_dtype_of(x, bias).view({1, o.out, 1, 1}) : y;
  }
  const auto w = in_dtype_of(x, weight), b = in_dtype_of(x, bias);
  const std::array<int64_t, 2> stride{o.stride, o.stride}, dilation{o.dilation, o.dilation};
  if (rows.before == rows.after && columns.before == columns.after)
    return at::conv2d(x, w, b, stride, std::array{rows.before, columns.before}, dilation, o.groups);
  const auto padded = at::constant_pad_nd(x, std::array{columns.before, columns.after, rows.before, rows.after});
  return at::conv2d(padded, w, b, stride, std::array<int64_t, 2>{0, 0}, dilation, o.groups);
}

LinearImpl::LinearImpl(int64_t in, int64_t out, bool with_bias) : in_(in), out_(out), with_bias_(with_bias) {
  if (in < 1 || out < 1)
    throw ConfigError("linear",
                      "has " + std::to_string(in) + " inputs and " + std::to_string(out) + " outputs; needs 1 of each");
  reset();
}

void LinearImpl::reset() {
  weight = register_parameter("weight", at::zeros({out_, in_}));
  bias = with_bias_ ? register_parameter("bias", at::zeros({out_})) : at::Tensor();
}

torch::Tensor LinearImpl::forward(const torch::Tensor& x) {
  return at::linear(x, in_dtype_of(x, weight), in_dtype_of(x, bias));
}

void reseed(torch::nn::Module& module, uint64_t seed, uint64_t step) {
  uint64_t place = 0;
  module.apply([&](torch::nn::Module& layer) {
    if (auto* stochastic = dynamic_cast<Stochastic*>(&layer))
      stochastic->reseed(Draw(seed, step, place++, Purpose::dropout).bits64());
  });
}

}  // namespace tenfold::nn
