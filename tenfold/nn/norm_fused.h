#pragma once
// Batch normalisation, residual sum and clamp in one pass over memory (two in training), with its own gradient. CPU,
// fp32 or bf16, channels-last; fp32 arithmetic inside, one rounding at the end. Sums run over fixed pieces of the rows,
// fp32 within a piece and double across them, so no bit depends on the number of threads.

#include <ATen/core/Tensor.h>

#include <limits>
#include <vector>

namespace tenfold::nn {

/// What the activation lets through; the whole line for none.
struct Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  bool none() const {
    return low == -std::numeric_limits<float>::infinity() && high == std::numeric_limits<float>::infinity();
  }
};

/// Mean and biased variance of each channel.
struct Moments {
  std::vector<double> mean, variance;
};

/// True for what the kernels take: [N, C] or [N, C, H, W] on the CPU in fp32 or bf16.
bool is_fusible(const at::Tensor& x);

/// The same values with the channels innermost in memory, as the functions below want them; in the graph.
at::Tensor channels_inside(const at::Tensor& x);

/// x as is_fusible says, channels inside, with at least one row.
Moments moments(const at::Tensor& x);

/// Whether mean and variance are x's own, so that the gradient flows through them too, or constants.
enum class Statistics { of_batch, constant };

/// clamp((x - mean) / sqrt(variance + eps) · weight + bias + residual), in x's dtype and layout. x and residual (may be
/// undefined): as is_fusible says, channels inside, alike in dtype and shape; weight, bias: [C] fp32. Differentiable
/// once, in all four; where nothing needs a gradient no graph is built and nothing is kept.
at::Tensor fused_norm(const at::Tensor& x, const at::Tensor& residual, const at::Tensor& weight, const at::Tensor& bias,
                      const Moments& moments, double eps, Clamp clamp, Statistics statistics);

}  // namespace tenfold::nn
