#pragma once
// Rows of equal shape that lie in many blocks (mapped files, fresh results) as one table: nothing is copied until a
// batch is gathered.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace tenfold {

class RowTable {
 public:
  /// `size` rows, all missing.
  explicit RowTable(int64_t size) : row_(static_cast<size_t>(size)) {}
  /// Every row of a tensor [size, …] on the CPU.
  explicit RowTable(const at::Tensor& all);

  /// Row from[k] of `block` [M, …], contiguous on the CPU, becomes row to[k]. `owner` lives as long as the table.
  /// Throws Error where shape or dtype are not those of the rows before.
  void put(const at::Tensor& block, const std::vector<int64_t>& from, const std::vector<int64_t>& to,
           std::shared_ptr<const void> owner = {});

  /// All rows of another table: row k becomes row to[k].
  void put(const RowTable& other, const std::vector<int64_t>& to);

  int64_t size() const { return static_cast<int64_t>(row_.size()); }
  bool has(int64_t row) const { return row_[static_cast<size_t>(row)] != nullptr; }
  std::vector<int64_t> missing() const;
  /// Of these rows, sharing memory.
  RowTable select(const std::vector<int64_t>& rows) const;
  /// [rows, …] in the table's dtype; a copy. Throws Error where one is missing.
  at::Tensor gather(const std::vector<int64_t>& rows) const;
  /// Bytes of the blocks' rows that are in use.
  int64_t nbytes() const { return static_cast<int64_t>(width_) * size(); }

 private:
  void take_kind(const std::vector<int64_t>& shape, at::ScalarType dtype, size_t width);

  std::vector<const std::byte*> row_;
  std::vector<at::Tensor> blocks_;
  std::vector<std::shared_ptr<const void>> owners_;
  std::vector<int64_t> shape_;  ///< of a row
  at::ScalarType dtype_ = at::ScalarType::Undefined;
  size_t width_ = 0;  ///< bytes of a row
};

}  // namespace tenfold
