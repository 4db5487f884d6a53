#include "tenfold/nn/winograd.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>

#include "tenfold/nn/kernels/winograd.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kLeastChannels = 32;  // with fewer, the transforms cost more than they save,
constexpr int64_t kLeastTiles = 256;    // and that of the weights with fewer of these

constexpr auto kInside = at::MemoryFormat::ChannelsLast;

/// Those of a channels-last weight [K, C, 3, 3].
WinogradFilters forward_filters(const at::Tensor& weight) {
  const int64_t in = weight.size(1);
  return {.out = weight.size(0), .in = in, .out_step = 9 * in, .in_step = 1, .row_step = 3 * in, .column_step = in};
}

/// Those that take the output's gradient to the input's, from the last tap of the weight on: turned by half a turn,
/// inputs and outputs exchanged.
WinogradFilters backward_filters(const at::Tensor& weight) {
  const int64_t in = weight.size(1);
  return {.out = in, .in = weight.size(0), .out_step = 1, .in_step = 9 * in, .row_step = -3 * in, .column_step = -in};
}

/// G g Gᵀ in bf16, as WinogradKernels::forward wants it. arXiv 1509.09308, section 4.1.
at::Tensor transformed(const WinogradFilters& filters, const float* from) {
  const int64_t panels = winograd_panels(filters.out), pairs = filters.in / 2;
  auto all = at::empty({panels, 16, pairs, winograd_panel, 2}, at::kBFloat16);
  auto* to = reinterpret_cast<uint32_t*>(all.mutable_data_ptr<at::BFloat16>());
  const auto& run = *winograd_kernels();
  constexpr int64_t strip = 8;  // pairs
  const int64_t strips = (pairs + strip - 1) / strip;
  at::parallel_for(0, panels * strips, 1, [&](int64_t begin, int64_t end) {
    for (int64_t task = begin; task < end; ++task) {
      const int64_t first = task % strips * strip;
      run.transform_filters(filters, from, task / strips, first, std::min(pairs, first + strip), to);
    }
  });
  return all;
}

WinogradShape shape_of(const at::Tensor& x, int64_t out) {
  return {.height = x.size(2), .width = x.size(3), .in = x.size(1), .out = out};
}

const uint16_t* bits(const at::Tensor& x) {
  return reinterpret_cast<const uint16_t*>(x.const_data_ptr<at::BFloat16>());
}

at::Tensor scratch_for(const WinogradShape& shape, int64_t block) {
  return at::empty({winograd_scratch_bytes(shape, block)}, at::kByte);  // LibTorch aligns to 64 bytes
}

/// Tiles in a block, a multiple of `step`: as many as keep `bytes` each in the second-level cache.
int64_t block_of(int64_t cache, int64_t bytes, int64_t least, int64_t most, int64_t step) {
  return std::clamp(cache / bytes, least, most) / step * step;
}

at::Tensor convolve(const at::Tensor& x, const WinogradFilters& filters, const float* weight) {
  const auto shape = shape_of(x, filters.out);
  auto y = at::empty({x.size(0), filters.out, x.size(2), x.size(3)}, x.options().memory_format(kInside));
  const auto u = transformed(filters, weight);
  const int64_t block = block_of(393216, 32 * shape.in, 12, 96, 6), tiles = x.size(0) * shape.tiles();
  const auto& run = *winograd_kernels();
  at::parallel_for(0, (tiles + block - 1) / block, 1, [&](int64_t begin, int64_t end) {
    auto scratch = scratch_for(shape, block);
    for (int64_t k = begin; k < end; ++k)
      run.forward(shape, bits(x), reinterpret_cast<const uint32_t*>(u.const_data_ptr()),
                  reinterpret_cast<uint16_t*>(y.mutable_data_ptr<at::BFloat16>()), k * block,
                  std::min(tiles, (k + 1) * block), block, scratch.mutable_data_ptr());
  });
  return y;
}

at::Tensor convolve(const at::Tensor& x, const at::Tensor& weight) {
  return convolve(x, forward_filters(weight), weight.const_data_ptr<float>());
}

/// The input's gradient.
at::Tensor convolve_back(const at::Tensor& dy, const at::Tensor& weight) {
  return convolve(dy, backward_filters(weight), weight.const_data_ptr<float>() + 8 * weight.size(1));
}

constexpr int64_t kGroup = winograd_group;  // output channels of a task of the weight's gradient
constexpr int64_t kPieceTiles = 1024;       // at least so many tiles a task,
constexpr int64_t kPieces = 4;              // in so many pieces at the most: each holds sums of its own

at::Tensor weight_gradient(const at::Tensor& x, const at::Tensor& dy) {
  const auto shape = shape_of(x, dy.size(1));
  const int64_t tiles = x.size(0) * shape.tiles(), groups = (shape.out + kGroup - 1) / kGroup;
  const int64_t pieces = std::clamp<int64_t>(tiles / kPieceTiles, 1, kPieces), piece = (tiles + pieces - 1) / pieces;
  const int64_t block = block_of(1572864, 32 * (shape.in + kGroup), 16, 128, 2);
  auto sums = at::zeros({pieces, groups, 16, shape.in, kGroup}, at::kFloat);
  const auto& run = *winograd_kernels();
  at::parallel_for(0, pieces * groups, 1, [&](int64_t begin, int64_t end) {
    auto scratch = scratch_for(shape, block);
    for (int64_t task = begin; task < end; ++task) {
      const int64_t p = task / groups, from = task % groups * kGroup;
      run.weight_gradient(shape, bits(x), bits(dy), from, std::min(kGroup, shape.out - from),
                          sums.mutable_data_ptr<float>() + task * 16 * shape.in * kGroup, p * piece,
                          std::min(tiles, (p + 1) * piece), block, scratch.mutable_data_ptr());
    }
  });
  auto gradient = at::empty({shape.out, shape.in, 3, 3}, sums.options().memory_format(kInside));
  const auto filters = forward_filters(gradient);
  at::parallel_for(0, shape.in, 4, [&](int64_t begin, int64_t end) {
    run.gradient_filters(filters, sums.const_data_ptr<float>(), pieces, begin, end, gradient.mutable_data_ptr<float>());
  });
  return gradient;
}

struct Winograd : torch::autograd::Function<Winograd> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& weight) {
    context->save_for_backward({x, weight});
    return convolve(x, weight);
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "winograd_conv is differentiable once");
    const auto saved = context->get_saved_variables();
    const auto dy = gradients[0].contiguous(kInside);
    at::Tensor dx, dweight;
    if (context->needs_input_grad(0)) dx = convolve_back(dy, saved[1]);
    if (context->needs_input_grad(1)) dweight = weight_gradient(saved[0], dy);
    return {dx, dweight};
  }
};

}  // namespace

bool is_winograd_fast(const at::Tensor& x, int64_t out) {
  return x.dim() == 4 && x.is_cpu() && x.scalar_type() == at::kBFloat16 && x.size(1) % 8 == 0 && out % 8 == 0 &&
         std::min(x.size(1), out) >= kLeastChannels && x.size(2) > 1 && x.size(3) > 1 &&
         x.size(0) * shape_of(x, out).tiles() >= kLeastTiles && winograd_kernels() != nullptr;
}

at::Tensor winograd_conv(const at::Tensor& x, const at::Tensor& weight) {
  const auto inside = x.contiguous(kInside), filters = weight.contiguous(kInside);
  if (!at::GradMode::is_enabled() || !(x.requires_grad() || weight.requires_grad())) return convolve(inside, filters);
  return Winograd::apply(inside, filters);
}

}  // namespace tenfold::nn
