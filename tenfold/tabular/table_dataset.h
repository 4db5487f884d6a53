#pragma once
// Rows of a preprocessed table in memory as a dataset: a batch is one gather of rows by number, without workers.

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "tenfold/data/dataset.h"

namespace tenfold::tabular {

/// N rows as numbers. A column of codes costs what its integer type does: 10 M rows of 15 categories in int32 and 5
/// numbers are 0.8 GB.
struct Columns {
  at::Tensor codes{};       ///< [N, C] uint8, int16, int32 or int64: a category's level, 0 for missing and unseen
  at::Tensor continuous{};  ///< [N, K] fp32 or bf16
  at::Tensor target{};      ///< [N] int64 (single label, ordinal), [N, labels] or [N, outputs] fp32; undefined without
};

/// An item is a row. x = {codes [C] int64, continuous [K] fp32}; batches x = {codes [N, C] int64, continuous [N, K]
/// fp32}, either with no columns where the table has none of that kind.
class TableDataset : public Dataset {
 public:
  /// `first_row` is the number by which names call the first row, as in the file. Throws ConfigError("columns", …)
  /// where types or numbers of rows do not fit.
  explicit TableDataset(Columns columns, int64_t first_row = 1);
  /// Row k of the columns is called by numbers[k] + 1: where the columns are some rows of a file.
  TableDataset(Columns columns, std::vector<int64_t> numbers);
  /// These rows of `all` alone, in this order: a split, a fold. Shares the columns.
  TableDataset(const TableDataset& all, std::vector<int64_t> rows);

  int64_t size() const override;
  Sample get(int64_t index, const std::optional<Draw>& draw) const override;  ///< plain; a draw changes nothing
  bool gathers() const override { return true; }
  Batch gather(std::vector<int64_t> index, const std::optional<EpochKey>& key) const override;
  std::string name(int64_t index) const override;  ///< "row 17"
  at::Tensor target(int64_t index) const override;
  std::string fingerprint() const override;

  /// The shared columns, of all rows.
  const Columns& columns() const { return *columns_; }
  /// The row of columns() that item `index` is.
  int64_t row(int64_t index) const { return rows_ ? rows_->at(static_cast<size_t>(index)) : index; }

 private:
  std::shared_ptr<const Columns> columns_;
  std::shared_ptr<const std::vector<int64_t>> rows_;  ///< null: all
  int64_t first_row_ = 1;
  std::shared_ptr<const std::vector<int64_t>> numbers_{};  ///< null: as they come
};

}  // namespace tenfold::tabular
