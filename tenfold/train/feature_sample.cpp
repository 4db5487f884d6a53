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

void FeatureSample::add(const at::Tensor& features) {
  const int64_t end = seen_ + features.size(0);
  std::vector<int64_t> rows;
  for (; taken_ < drawn_.size() && drawn_[taken_] < end; ++taken_) rows.push_back(drawn_[taken_] - seen_);
  seen_ = end;
  if (rows.empty()) return;
  parts_.push_back(features.index_select(0, at::tensor(rows, at::kLong).to(features.device())).to(at::kFloat).cpu());
}

std::pair<std::vector<int64_t>, at::Tensor> FeatureSample::taken() const {
  return {{drawn_.begin(), drawn_.begin() + static_cast<std::ptrdiff_t>(taken_)},
          parts_.empty() ? at::Tensor() : at::cat(parts_)};
}

}  // namespace tenfold
