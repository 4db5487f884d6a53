#pragma once
// Residual sum, dropout and layer normalisation in one pass over the rows, forward and back. Torch-free; one thread.

#include <cstdint>

#include "tenfold/nn/kernels/drops.h"

namespace tenfold::nn {

/// sum = x + dropout(branch); y = (sum - mean) · scale · weight + bias, scale = 1 / sqrt(variance + eps). All [rows,
/// C].
struct ResidualNormForward {
  const void *x = nullptr, *branch = nullptr;
  void *sum = nullptr, *y = nullptr;
  float *mean = nullptr, *scale = nullptr;  ///< [rows]
  const float *weight = nullptr, *bias = nullptr;
  int64_t channels = 0;
  float eps = 0;
  Drops drops;
};

/// dx is the gradient of the sum, dbranch that of the branch.
struct ResidualNormBackward {
  const void *dy = nullptr, *sum = nullptr;
  void *dx = nullptr, *dbranch = nullptr;
  const float *mean = nullptr, *scale = nullptr, *weight = nullptr;
  int64_t channels = 0;
  Drops drops;
};

}  // namespace tenfold::nn
