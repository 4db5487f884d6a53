// Columns as categories, and levels in order.

#include <algorithm>

#include "tenfold/data/dictionary.h"
#include "tenfold/data/frame.h"

namespace tenfold {

Column sorted_levels(const Column& category) {
  const auto& levels = category.levels();
  std::vector<uint8_t> appears(levels.size());
  for (const int32_t code : category.codes())
    if (code >= 0) appears[static_cast<size_t>(code)] = 1;
  std::vector<size_t> order;
  for (size_t k = 0; k < levels.size(); ++k)
    if (appears[k] != 0) order.push_back(k);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return levels[a] < levels[b]; });
  std::vector<int32_t> new_code(levels.size(), null_code), codes;
  std::vector<std::string> sorted;
  for (const size_t k : order) {
    new_code[k] = static_cast<int32_t>(sorted.size());
    sorted.push_back(levels[k]);
  }
  codes.reserve(category.rows());
  for (const int32_t code : category.codes())
    codes.push_back(code < 0 ? null_code : new_code[static_cast<size_t>(code)]);
  return Column::category(std::move(codes), std::move(sorted));
}

Column to_category(const Column& column) {
  if (column.kind() == ColumnKind::category) return column;
  const size_t rows = column.rows();
  std::vector<int32_t> codes(rows, null_code);
  if (column.kind() == ColumnKind::text) {
    Dictionary levels;
    for (size_t row = 0; row < rows; ++row)
      if (!column.is_null(row)) codes[row] = levels.add(column.texts()[row]);
    return Column::category(std::move(codes), levels.texts());
  }
  // Numbers by the first row of each value: exact for integers, which a double need not hold.
  std::vector<int64_t> order;
  for (size_t row = 0; row < rows; ++row)
    if (!column.is_null(row)) order.push_back(static_cast<int64_t>(row));
  const auto rank = [&](auto values) {
    std::vector<std::string> levels;
    std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      const auto x = values[static_cast<size_t>(a)], y = values[static_cast<size_t>(b)];
      return x < y || (!(y < x) && a < b);
    });
    for (size_t k = 0; k < order.size(); ++k) {
      const auto row = static_cast<size_t>(order[k]);
      if (k == 0 || values[static_cast<size_t>(order[k - 1])] < values[row]) levels.push_back(column.show(row));
      codes[row] = static_cast<int32_t>(levels.size()) - 1;
    }
    return levels;
  };
  std::vector<std::string> levels;
  if (column.kind() == ColumnKind::boolean)
    levels = rank(column.booleans());
  else if (column.kind() == ColumnKind::integer)
    levels = rank(column.integers());
  else if (column.kind() == ColumnKind::time)
    levels = rank(column.times());
  else if (column.single())
    levels = rank(column.singles());
  else
    levels = rank(column.reals());
  return Column::category(std::move(codes), std::move(levels));
}

}  // namespace tenfold
