#pragma once
// Features as a dataset: an item is a row, a batch is one gather of rows. Random views that were computed too lie
// beside the plain ones.

#include <memory>
#include <string>
#include <vector>

#include "tenfold/data/dataset.h"
#include "tenfold/train/row_table.h"

namespace tenfold {

class FeatureDataset : public Dataset {
 public:
  /// features [M, …]; row k is item rows[k] of `source`, which keeps the names and targets.
  FeatureDataset(std::shared_ptr<const Dataset> source, const at::Tensor& features, std::vector<int64_t> rows);
  /// One table of M rows for each view: the plain one, then the random ones.
  FeatureDataset(std::shared_ptr<const Dataset> source, std::vector<RowTable> views, std::vector<int64_t> rows);

  int64_t size() const override { return static_cast<int64_t>(rows_.size()); }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;  ///< plain; a draw changes nothing
  std::string name(int64_t index) const override;
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;

  /// Random views beside the plain one.
  int views() const { return static_cast<int>(views_.size()) - 1; }
  /// These items alone: a fold, say. Shares the rows.
  std::shared_ptr<const FeatureDataset> select(const std::vector<int64_t>& items) const;
  /// As the loader would collate these items. View 0 is the plain one, 1 … views() are random.
  Batch gather(std::vector<int64_t> items, int view = 0) const;
  bool gathers() const override { return true; }
  /// With a key: epoch e of a stage sees random view e mod views(), and TTA's view k is view k; plain where there is
  /// none.
  Batch gather(std::vector<int64_t> items, const std::optional<EpochKey>& key) const override;

 private:
  std::shared_ptr<const Dataset> source_;
  std::vector<RowTable> views_;
  at::Tensor targets_;
  std::vector<int64_t> rows_;
};

}  // namespace tenfold
