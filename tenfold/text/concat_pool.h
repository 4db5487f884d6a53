#pragma once
// Concatenated pooling over the tokens of each text: the last output, the maximum, the mean. Howard & Ruder 2018, arXiv
// 1801.06146, section 3.3.

#include <ATen/core/Tensor.h>

namespace tenfold::text {

/// output [T, N, E] in bf16, fp32 or fp64; text n is at times [begins[n], ends[n]), int64 [N] both, at least one →
/// [N, 3 E] fp32 (fp64): last, maximum, mean. A maximum's gradient goes to the first of equals. Differentiable once.
at::Tensor masked_concat_pool(const at::Tensor& output, const at::Tensor& begins, const at::Tensor& ends);

}  // namespace tenfold::text
