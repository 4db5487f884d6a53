#pragma once
// Pooled features of some items, picked up on a pass over all of them.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace tenfold {

/// Of `items` rows that come in batches, those that the seed draws, at most `most`.
class FeatureSample {
 public:
  FeatureSample(int64_t items, int64_t most, uint64_t seed);
  /// The next batch's features [n, F], any dtype; keeps fp32 copies of the rows drawn.
  void add(const at::Tensor& features);
  /// Rows kept, ascending, and their features [M, F] fp32, undefined where none is.
  std::pair<std::vector<int64_t>, at::Tensor> taken() const;

 private:
  std::vector<int64_t> drawn_;  ///< ascending
  size_t taken_ = 0;            ///< of them
  int64_t seen_ = 0;            ///< rows so far
  std::vector<at::Tensor> parts_;
};

}  // namespace tenfold
