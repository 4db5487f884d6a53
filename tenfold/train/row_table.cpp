#include "tenfold/train/row_table.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

constexpr int64_t kGrain = 1 << 20;  // bytes copied by one thread at least

}  // namespace

RowTable::RowTable(const at::Tensor& all) : RowTable(all.size(0)) {
  std::vector<int64_t> rows(row_.size());
  std::iota(rows.begin(), rows.end(), 0);
  put(all.contiguous(), rows, rows);
}

void RowTable::take_kind(const std::vector<int64_t>& shape, at::ScalarType dtype, size_t width) {
  if (blocks_.empty()) {
    shape_ = shape;
    dtype_ = dtype;
    width_ = width;
  } else if (shape != shape_ || dtype != dtype_) {
    throw Error("row table: a block of another shape or dtype than the rows before; put rows of one kind only");
  }
}

void RowTable::put(const RowTable& other, const std::vector<int64_t>& to) {
  if (other.blocks_.empty()) return;
  take_kind(other.shape_, other.dtype_, other.width_);
  for (size_t k = 0; k < to.size(); ++k) row_[static_cast<size_t>(to[k])] = other.row_[k];
  blocks_.insert(blocks_.end(), other.blocks_.begin(), other.blocks_.end());
  owners_.insert(owners_.end(), other.owners_.begin(), other.owners_.end());
}

void RowTable::put(const at::Tensor& block, const std::vector<int64_t>& from, const std::vector<int64_t>& to,
                   std::shared_ptr<const void> owner) {
  if (to.empty()) return;
  take_kind(block.sizes().slice(1).vec(), block.scalar_type(),
            static_cast<size_t>(block[0].numel()) * block.element_size());
  const auto* data = static_cast<const std::byte*>(block.const_data_ptr());
  for (size_t k = 0; k < to.size(); ++k)
    row_[static_cast<size_t>(to[k])] = data + static_cast<size_t>(from[k]) * width_;
  blocks_.push_back(block);
  if (owner) owners_.push_back(std::move(owner));
}

std::vector<int64_t> RowTable::missing() const {
  std::vector<int64_t> rows;
  for (size_t k = 0; k < row_.size(); ++k)
    if (!row_[k]) rows.push_back(static_cast<int64_t>(k));
  return rows;
}

RowTable RowTable::select(const std::vector<int64_t>& rows) const {
  RowTable chosen = *this;
  chosen.row_.clear();
  for (const int64_t row : rows) chosen.row_.push_back(row_.at(static_cast<size_t>(row)));
  return chosen;
}

at::Tensor RowTable::gather(const std::vector<int64_t>& rows) const {
  for (const int64_t row : rows)
    if (!row_.at(static_cast<size_t>(row)))
      throw Error("row table: row " + std::to_string(row) + " is missing; compute it before gathering");
  std::vector<int64_t> shape{static_cast<int64_t>(rows.size())};
  shape.insert(shape.end(), shape_.begin(), shape_.end());
  auto out = at::empty(shape, dtype_ == at::ScalarType::Undefined ? at::kFloat : dtype_);
  auto* to = static_cast<std::byte*>(out.mutable_data_ptr());
  const int64_t grain = std::max<int64_t>(1, kGrain / std::max<int64_t>(1, static_cast<int64_t>(width_)));
  at::parallel_for(0, shape[0], grain, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; ++k)
      std::memcpy(to + static_cast<size_t>(k) * width_, row_[static_cast<size_t>(rows[static_cast<size_t>(k)])],
                  width_);
  });
  return out;
}

}  // namespace tenfold
