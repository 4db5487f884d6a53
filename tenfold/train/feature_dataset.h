#pragma once
// Features in memory as a dataset: an item is a row, a batch is one index gather.

#include <memory>
#include <string>
#include <vector>

#include "tenfold/data/dataset.h"

namespace tenfold {

class FeatureDataset : public Dataset {
 public:
  /// features [M, F] fp32; row k is item rows[k] of `source`, which keeps the names and targets.
  FeatureDataset(std::shared_ptr<const Dataset> source, at::Tensor features, std::vector<int64_t> rows);

  int64_t size() const override { return features_.size(0); }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;  ///< a draw changes nothing
  std::string name(int64_t index) const override;
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;

  /// As the loader would collate these items.
  Batch gather(std::vector<int64_t> items) const;

 private:
  std::shared_ptr<const Dataset> source_;
  at::Tensor features_, targets_;
  std::vector<int64_t> rows_;
};

}  // namespace tenfold
