#include "tenfold/tabular/table_dataset.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <numeric>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/hash.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::tabular {
namespace {

constexpr int64_t kRowsATask = 512;  // fewer would not pay for waking a thread

bool is_code(at::ScalarType type) {
  return type == at::kByte || type == at::kShort || type == at::kInt || type == at::kLong;
}

std::string describe(const at::Tensor& tensor) {
  return std::string(c10::toString(tensor.scalar_type())) + " " + c10::str(tensor.sizes());
}

/// As they are, with [N, 0] for the kind of column that is not there. Throws ConfigError.
Columns checked(Columns columns) {
  auto& [codes, continuous, target] = columns;
  if (!codes.defined() && !continuous.defined())
    throw ConfigError("columns", "has neither codes nor numbers; a table needs a column to learn from");
  const int64_t rows = (codes.defined() ? codes : continuous).size(0);
  if (!codes.defined()) codes = at::zeros({rows, 0}, at::kInt);
  if (!continuous.defined()) continuous = at::zeros({rows, 0}, at::kFloat);
  if (codes.dim() != 2 || !is_code(codes.scalar_type()))
    throw ConfigError("columns",
                      "has codes of " + describe(codes) + "; needs [rows, columns] of uint8, int16, int32 or int64");
  if (continuous.dim() != 2 || (continuous.scalar_type() != at::kFloat && continuous.scalar_type() != at::kBFloat16))
    throw ConfigError("columns",
                      "has numbers of " + describe(continuous) + "; needs [rows, columns] of float32 or bfloat16");
  if (continuous.size(0) != rows || (target.defined() && (target.dim() < 1 || target.size(0) != rows)))
    throw ConfigError("columns", "has " + std::to_string(rows) + " rows of codes, " +
                                     std::to_string(continuous.size(0)) + " of numbers" +
                                     (target.defined() ? ", and a target of " + describe(target) : "") +
                                     "; needs as many of each");
  codes = codes.contiguous();
  continuous = continuous.contiguous();
  if (target.defined()) target = target.contiguous();
  return columns;
}

/// to[k] = from[rows[k]], both with `width` values a row, each converted.
template <class To, class From>
void gather_rows(To* to, const From* from, const std::vector<int64_t>& rows, int64_t width) {
  at::parallel_for(0, static_cast<int64_t>(rows.size()), kRowsATask, [&](int64_t first, int64_t last) {
    for (int64_t k = first; k < last; ++k) {
      const From* row = from + rows[static_cast<size_t>(k)] * width;
      for (int64_t c = 0; c < width; ++c) to[k * width + c] = static_cast<To>(row[c]);
    }
  });
}

at::Tensor gathered(const at::Tensor& from, const std::vector<int64_t>& rows, at::ScalarType as) {
  auto shape = from.sizes().vec();
  shape[0] = static_cast<int64_t>(rows.size());
  auto to = at::empty(shape, from.options().dtype(as));
  if (to.numel() == 0) return to;
  const int64_t width = to.numel() / shape[0];
  AT_DISPATCH_ALL_TYPES_AND2(at::kBFloat16, at::kBool, from.scalar_type(), "gather_rows", [&] {
    const auto* source = from.const_data_ptr<scalar_t>();
    if (as == at::kLong)
      gather_rows(to.mutable_data_ptr<int64_t>(), source, rows, width);
    else if (as == at::kFloat)
      gather_rows(to.mutable_data_ptr<float>(), source, rows, width);
    else
      gather_rows(to.mutable_data_ptr<scalar_t>(), source, rows, width);
  });
  return to;
}

}  // namespace

TableDataset::TableDataset(Columns columns, int64_t first_row)
    : columns_(std::make_shared<const Columns>(checked(std::move(columns)))), first_row_(first_row) {}

TableDataset::TableDataset(Columns columns, std::vector<int64_t> numbers)
    : columns_(std::make_shared<const Columns>(checked(std::move(columns)))),
      numbers_(std::make_shared<const std::vector<int64_t>>(std::move(numbers))) {
  if (static_cast<int64_t>(numbers_->size()) != columns_->codes.size(0))
    throw ConfigError("columns", "have " + std::to_string(columns_->codes.size(0)) + " rows and " +
                                     std::to_string(numbers_->size()) + " numbers for them; needs as many");
}

TableDataset::TableDataset(const TableDataset& all, std::vector<int64_t> rows)
    : columns_(all.columns_), first_row_(all.first_row_), numbers_(all.numbers_) {
  for (auto& row : rows) {
    if (row < 0 || row >= all.size())
      throw ConfigError("rows", "hold " + std::to_string(row) + " of a table of " + std::to_string(all.size()) +
                                    " rows; they are counted from 0");
    row = all.row(row);
  }
  rows_ = std::make_shared<const std::vector<int64_t>>(std::move(rows));
}

int64_t TableDataset::size() const { return rows_ ? static_cast<int64_t>(rows_->size()) : columns_->codes.size(0); }

Sample TableDataset::get(int64_t index, const std::optional<Draw>&) const {
  return {{columns_->codes[row(index)].to(at::kLong), columns_->continuous[row(index)].to(at::kFloat)}, target(index)};
}

Batch TableDataset::gather(std::vector<int64_t> index, const std::optional<EpochKey>&) const {
  std::vector<int64_t> picked;
  if (rows_) {
    picked.reserve(index.size());
    for (const int64_t item : index) picked.push_back(row(item));
  }
  const auto& rows = rows_ ? picked : index;
  Batch batch{.x = {gathered(columns_->codes, rows, at::kLong), gathered(columns_->continuous, rows, at::kFloat)},
              .y = {},
              .index = {}};
  if (columns_->target.defined()) batch.y = gathered(columns_->target, rows, columns_->target.scalar_type());
  batch.index = std::move(index);
  return batch;
}

std::string TableDataset::name(int64_t index) const {
  const int64_t at = row(index);
  return "row " + std::to_string(first_row_ + (numbers_ ? numbers_->at(static_cast<size_t>(at)) : at));
}

at::Tensor TableDataset::target(int64_t index) const {
  return columns_->target.defined() ? columns_->target[row(index)] : at::Tensor();
}

std::string TableDataset::fingerprint() const {
  ContentHash hash;
  hash.add(nn::hash_of({{"codes", columns_->codes}, {"continuous", columns_->continuous}}));
  if (rows_) hash.add(std::as_bytes(std::span(*rows_)));
  return hash.hex();
}

}  // namespace tenfold::tabular
