#include "tenfold/train/feature_sample.h"

#include <torch/types.h>

#include <algorithm>

#include "tenfold/core/random.h"

namespace tenfold {

FeatureSample::FeatureSample(int64_t items, int64_t most, uint64_t seed) {
  if (most <= 0) return;
  drawn_ = permutation(items, Draw(seed, 0, 0, Purpose::other));
  drawn_.resize(static_cast<size_t>(std::min(items, most)));
  std::sort(drawn_.begin(), drawn_.end());
}

void FeatureSample::add(const at::Tensor& features, const std::vector<int64_t>& rows) {
  std::vector<int64_t> places;
  for (size_t k = 0; k < rows.size(); ++k) {
    if (!std::binary_search(drawn_.begin(), drawn_.end(), rows[k])) continue;
    places.push_back(static_cast<int64_t>(k));
    taken_.push_back(rows[k]);
  }
  if (places.empty()) return;
  parts_.push_back(features.index_select(0, at::tensor(places, at::kLong).to(features.device())).to(at::kFloat).cpu());
}

std::pair<std::vector<int64_t>, at::Tensor> FeatureSample::taken() const {
  if (parts_.empty()) return {};
  auto [rows, order] = at::tensor(taken_, at::kLong).sort();
  const int64_t* row = rows.const_data_ptr<int64_t>();
  return {{row, row + rows.numel()}, at::cat(parts_).index_select(0, order)};
}

}  // namespace tenfold
