#pragma once
// Pooled features of some items, picked up on a pass over all of them.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace tenfold {

/// Of `items` rows that come in batches, in any order, those that the seed draws, at most `most`.
class FeatureSample {
 public:
  FeatureSample(int64_t items, int64_t most, uint64_t seed);
  /// The next batch's features [n, F], any dtype, of these n rows; keeps fp32 copies of those drawn.
  void add(const at::Tensor& features, const std::vector<int64_t>& rows);
  /// Rows kept, ascending, and their features [M, F] fp32, undefined where none is.
  std::pair<std::vector<int64_t>, at::Tensor> taken() const;

 private:
  std::vector<int64_t> drawn_;  ///< ascending
  std::vector<int64_t> taken_;  ///< of them, as they came
  std::vector<at::Tensor> parts_;
};

}  // namespace tenfold
