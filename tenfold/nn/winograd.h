#pragma once
// 3x3 convolution of stride 1 by Winograd's minimal filtering, with its own gradients: 16 multiplications for four
// outputs where the definition takes 36. Lavin & Gray 2016, arXiv 1509.09308: F(2x2, 3x3) forward and for the input,
// F(3x3, 2x2) for the weight. Transformed inputs and weights are rounded to bf16 once more than in the direct
// convolution, which adds about as much noise as the bf16 output has; sums are fp32. Fixed pieces, so no bit depends on
// the number of threads.

#include <ATen/core/Tensor.h>

namespace tenfold::nn {

/// True where the kernels take x [N, C, H, W] with `out` filters, and are faster than the direct convolution: bf16 on a
/// CPU with AVX512-BF16 and without AMX, channels multiples of 8 and at least 32, at
/// least 2 x 2 pixels, and 1024 pixels in the batch.
bool is_winograd_fast(const at::Tensor& x, int64_t out);

/// x as is_winograd_fast says, fewer channels and pixels allowed, weight [K, C, 3, 3] fp32, zero padding of 1 → [N, K,
/// H, W] bf16, channels-last. Differentiable once, in x and weight; the weight's gradient is fp32 and channels-last.
at::Tensor winograd_conv(const at::Tensor& x, const at::Tensor& weight);

}  // namespace tenfold::nn
