#pragma once
// Vectors of several categorical columns side by side, and the numbers behind them, in one pass over memory, with a
// gradient of its own whose bits do not depend on the number of threads.

#include <ATen/core/Tensor.h>

#include <vector>

namespace tenfold::tabular {

/// codes int64 [N, C], tables C × [levels, size] fp32, tail [N, K] fp32 → [N, Σ size + K] in `dtype` (fp32 or bf16):
/// row codes[n, c] of each table, times `mask` [N, Σ size] fp32 where that is defined, then the tail.
/// Differentiable once in tables and tail. A table's gradient is dense, each row the sum over the batch's rows in their
/// order. Throws DataError where a code is no row of its table.
at::Tensor lookup(const at::Tensor& codes, const std::vector<at::Tensor>& tables, const at::Tensor& mask,
                  const at::Tensor& tail, at::ScalarType dtype);

}  // namespace tenfold::tabular
