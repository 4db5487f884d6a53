#pragma once
// Depthwise convolution with its own gradient: on CPUs, oneDNN's backward takes up to 30 times as long as the memory
// traffic it causes (bench/nn_bench.cpp), and SAME padding that is odd costs a copy. fp32 arithmetic; fixed pieces, so
// no bit depends on the number of threads.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tenfold::nn {

/// Zero pixels before and after one side.
struct SidePadding {
  int64_t before = 0, after = 0;
};

/// True for what the kernels take: square kernel of 3, 5 or 7, x [N, C, H, W] on the CPU in fp32 or bf16.
bool is_depthwise_fast(const at::Tensor& x, int64_t kernel);

/// x as is_depthwise_fast says, weight [C, 1, kernel, kernel] and bias [C] (may be undefined) fp32 → [N, C, H', W'] in
/// x's dtype, channels-last. Differentiable once, in all three.
at::Tensor depthwise_conv(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, int64_t stride,
                          SidePadding rows, SidePadding columns);

}  // namespace tenfold::nn
