#pragma once
// One layer of an LSTM over a stretch of time as one function with its own gradient: LibTorch's bf16 backward through
// oneDNN was measured wrong at 1024 units and more. One product for all inputs, then a step of time at a time; the
// weights' gradients are one product each over all steps. Sums, cells and gates' arithmetic are fp32. In bf16 no bit
// depends on the number of threads. Hochreiter & Schmidhuber 1997; gates in LibTorch's order: input, forget,
// candidate, output.

#include <ATen/core/Tensor.h>

namespace tenfold::nn {

/// What one stretch hands to the next.
struct LstmState {
  at::Tensor hidden;  ///< [B, H] in the dtype of x
  at::Tensor cell;    ///< [B, H] fp32; fp64 where x is
};

/// All in the dtype of x. The recurrent weight is an argument like any other, so dropout on it (weight drop) is a
/// matter of the caller.
struct LstmWeights {
  at::Tensor input;      ///< [4 H, I]
  at::Tensor recurrent;  ///< [4 H, H]
  at::Tensor bias;       ///< [4 H]
};

struct LstmResult {
  at::Tensor output;  ///< [S, B, H] in the dtype of x
  LstmState last;     ///< after step S - 1
};

/// x [S, B, I], S and B at least 1, in bf16 or fp32 (own kernels), or fp64 (LibTorch's operations, for tests).
/// Differentiable once in everything: x, the state it starts from, and the weights; gradients through the last state
/// too. Throws c10::Error where shapes or dtypes differ.
LstmResult lstm(const at::Tensor& x, const LstmState& start, const LstmWeights& weights);

/// A state of zeros for B rows and H units.
LstmState lstm_zeros(int64_t batch, int64_t hidden, at::ScalarType dtype);

}  // namespace tenfold::nn
