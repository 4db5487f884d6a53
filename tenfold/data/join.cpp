#include "tenfold/data/join.h"

#include <algorithm>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/data/row_keys.h"

namespace tenfold {
namespace {

constexpr size_t kExamples = 5;

std::string show_key(const Frame& frame, const std::vector<std::string>& keys, size_t row) {
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "" : ", ") + key + "=" + frame[key].show(row);
  return text;
}

/// Ids of the rows of both tables, those of `right` behind.
RowKeys keys_of(const Frame& left, const Frame& right, const std::vector<std::string>& keys,
                const std::vector<std::string>& right_keys) {
  std::vector<Column> columns;
  for (size_t k = 0; k < keys.size(); ++k) {
    try {
      columns.push_back(left[keys[k]].append(right[right_keys[k]]));
    } catch (const DataError&) {
      throw;
    } catch (const Error& error) {
      throw DataError(right.source(), 0, "key '" + right_keys[k] + "' " + error.what());
    }
  }
  return row_keys(columns);
}

bool missing(const Frame& frame, const std::vector<std::string>& keys, size_t row) {
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) { return frame[key].is_null(row); });
}

/// Rows of the right table by id.
struct RowsById {
  std::vector<int64_t> first{};  ///< [id], -1: none
  std::vector<int64_t> next{};   ///< [row], the next row of the same id or -1
};

}  // namespace

Frame left_join(const Frame& left, const Frame& right, const JoinOptions& options, JoinReport* report) {
  const auto& right_keys = options.right_keys.empty() ? options.keys : options.right_keys;
  if (options.keys.empty() || right_keys.size() != options.keys.size())
    throw ConfigError("join.keys", "names " + std::to_string(options.keys.size()) + " columns on the left and " +
                                       std::to_string(right_keys.size()) + " on the right; name as many, at least one");
  const RowKeys keys = keys_of(left, right, options.keys, right_keys);
  const size_t rows = left.rows();

  JoinReport told;
  RowsById found{.first = std::vector<int64_t>(static_cast<size_t>(keys.count), -1),
                 .next = std::vector<int64_t>(right.rows(), -1)};
  for (size_t row = right.rows(); row-- > 0;) {  // from behind: chains then run forwards
    if (missing(right, right_keys, row)) continue;
    int64_t& first = found.first[static_cast<size_t>(keys.ids[rows + row])];
    if (first >= 0) ++told.duplicates;
    if (first >= 0 && options.duplicates == Duplicates::refuse)
      throw DataError(right.source(), 0,
                      "has several rows with " + show_key(right, right_keys, row) +
                          "; drop those too many, or ask for the first or for all");
    found.next[row] = first;
    first = static_cast<int64_t>(row);
  }

  std::vector<int64_t> left_rows, right_rows;
  std::vector<uint8_t> used(right.rows());
  for (size_t row = 0; row < rows; ++row) {
    int64_t match = missing(left, options.keys, row) ? -1 : found.first[static_cast<size_t>(keys.ids[row])];
    if (match < 0) {
      ++told.unmatched;
      if (told.examples.size() < kExamples) told.examples.push_back(show_key(left, options.keys, row));
    }
    do {
      left_rows.push_back(static_cast<int64_t>(row));
      right_rows.push_back(match);
      if (match >= 0) used[static_cast<size_t>(match)] = 1;
      match = match >= 0 && options.duplicates == Duplicates::all ? found.next[static_cast<size_t>(match)] : -1;
    } while (match >= 0);
  }
  told.unused = right.rows() - std::accumulate(used.begin(), used.end(), size_t{0});
  if (report != nullptr) *report = told;

  Frame out = left_rows.size() == rows ? left : left.take(left_rows);
  for (size_t column = 0; column < right.columns(); ++column) {
    std::string name = right.names()[column];
    if (std::find(right_keys.begin(), right_keys.end(), name) != right_keys.end()) continue;
    if (out.has(name)) name += options.suffix;
    if (out.has(name))
      throw DataError(
          right.source(), 0,
          "has a column '" + right.names()[column] + "', and '" + name + "' is taken too; choose another suffix");
    out = out.with(name, right.column(column).take(right_rows));
  }
  return out;
}

}  // namespace tenfold
