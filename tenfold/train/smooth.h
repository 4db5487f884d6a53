#pragma once
// The running average of losses as both of fastai's generations show it: 0.98 of the past, debiased. Torch-free.

#include <cmath>
#include <cstdint>

namespace tenfold {

struct SmoothLoss {
  double sum = 0;  ///< before debiasing
  int64_t count = 0;

  void add(double loss) {
    sum = kMemory * sum + (1 - kMemory) * loss;
    ++count;
  }
  double value() const { return count > 0 ? sum / (1 - std::pow(kMemory, static_cast<double>(count))) : 0; }

  static constexpr double kMemory = 0.98;
};

}  // namespace tenfold
