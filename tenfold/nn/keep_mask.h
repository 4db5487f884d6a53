#pragma once
// Random masks from counters, for the layers that leave things out in training.

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace tenfold::nn {

/// [n] fp32 on the CPU: 0 with probability p, else 1 / (1 - p), so that the mean stays. Element i is a function of
/// (key, call, i) alone, whatever the number of threads. 0 <= p < 1.
at::Tensor keep_mask(int64_t n, double p, uint64_t key, uint64_t call);

}  // namespace tenfold::nn
