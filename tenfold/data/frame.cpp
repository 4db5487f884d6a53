#include "tenfold/data/frame.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"

namespace tenfold {
namespace {

std::string listed(const std::vector<std::string>& names) {
  constexpr size_t kMost = 20;
  std::string text;
  for (size_t k = 0; k < std::min(names.size(), kMost); ++k) text += (k == 0 ? "'" : ", '") + names[k] + "'";
  return names.size() > kMost ? text + ", …" : text;
}

}  // namespace

Frame::Frame(std::vector<std::pair<std::string, Column>> columns, std::string source) : source_(std::move(source)) {
  for (auto& [name, column] : columns) {
    if (has(name)) throw DataError(source_, 0, "has two columns '" + name + "'; rename one");
    *this = with(name, std::move(column));
  }
}

bool Frame::has(std::string_view name) const { return std::find(names_.begin(), names_.end(), name) != names_.end(); }

size_t Frame::index(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) return static_cast<size_t>(found - names_.begin());
  const std::string near = nearest(std::string(name), names_);
  throw DataError(source_, 0,
                  "has no column '" + std::string(name) + "'; " +
                      (near.empty() ? "its columns are " + listed(names_) : "nearest is '" + near + "'"));
}

Frame Frame::with(const std::string& name, Column column) const {
  if (!columns_.empty() && column.rows() != rows() && !(columns_.size() == 1 && has(name)))
    throw DataError(source_, 0,
                    "has " + std::to_string(rows()) + " rows, column '" + name + "' " + std::to_string(column.rows()) +
                        "; columns of a table have one length");
  Frame out = *this;
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found != names_.end()) {
    out.columns_[static_cast<size_t>(found - names_.begin())] = std::move(column);
  } else {
    out.names_.push_back(name);
    out.columns_.push_back(std::move(column));
  }
  return out;
}

Frame Frame::select(const std::vector<std::string>& wanted) const {
  std::vector<std::pair<std::string, Column>> chosen;
  for (const auto& name : wanted) chosen.emplace_back(name, (*this)[name]);
  return Frame(std::move(chosen), source_);
}

Frame Frame::without(const std::vector<std::string>& dropped) const {
  for (const auto& name : dropped) index(name);
  std::vector<std::string> kept;
  for (const auto& name : names_)
    if (std::find(dropped.begin(), dropped.end(), name) == dropped.end()) kept.push_back(name);
  return select(kept);
}

Frame Frame::renamed(std::string_view from, const std::string& to) const {
  const size_t at = index(from);
  if (from != to && has(to)) throw DataError(source_, 0, "has a column '" + to + "' already; choose another name");
  Frame out = *this;
  out.names_[at] = to;
  return out;
}

Frame Frame::take(std::span<const int64_t> rows) const {
  Frame out = *this;
  for (auto& column : out.columns_) column = column.take(rows);
  return out;
}

Frame Frame::filter(std::span<const uint8_t> keep) const {
  if (keep.size() != rows())
    throw DataError(source_, 0,
                    "has " + std::to_string(rows()) + " rows and is filtered by " + std::to_string(keep.size()) +
                        " marks; give one a row");
  std::vector<int64_t> kept;
  for (size_t row = 0; row < keep.size(); ++row)
    if (keep[row] != 0) kept.push_back(static_cast<int64_t>(row));
  return take(kept);
}

Frame Frame::slice(size_t first, size_t count) const {
  const size_t from = std::min(first, rows());
  std::vector<int64_t> wanted(std::min(count, rows() - from));
  std::iota(wanted.begin(), wanted.end(), static_cast<int64_t>(from));
  return take(wanted);
}

Frame Frame::append(const Frame& below) const {
  for (const auto& name : below.names_)
    if (!has(name))
      throw DataError(below.source_, 0,
                      "has a column '" + name + "' that " + source_ +
                          " lacks; both need the same columns: drop it, or "
                          "add it above");
  Frame out = *this;
  for (size_t k = 0; k < names_.size(); ++k) {
    const Column& more = below[names_[k]];
    try {
      out.columns_[k] = columns_[k].append(more);
    } catch (const Error& error) {
      throw DataError(below.source_, 0, "column '" + names_[k] + "' " + error.what());
    }
  }
  return out;
}

Frame Frame::beside(const Frame& right) const {
  Frame out = *this;
  for (size_t k = 0; k < right.columns(); ++k) {
    if (out.has(right.names_[k]))
      throw DataError(right.source_, 0, "has a column '" + right.names_[k] + "' as " + source_ + " has; rename one");
    out = out.with(right.names_[k], right.columns_[k]);
  }
  return out;
}

namespace {

/// Rows of one column in order of its values; of texts, by their bytes.
template <class Values>
void summarise(const Column& column, Values values, ColumnSummary& out, size_t examples) {
  std::vector<size_t> order;
  order.reserve(out.rows - out.nulls);
  for (size_t row = 0; row < out.rows; ++row)
    if (!column.is_null(row)) order.push_back(row);
  if (order.empty()) return;
  std::vector<size_t> first;  // the first row of each of the first few values
  for (const size_t row : order) {
    if (first.size() == examples) break;
    if (std::none_of(first.begin(), first.end(), [&](size_t other) { return values[other] == values[row]; }))
      first.push_back(row);
  }
  for (const size_t row : first) out.examples.push_back(column.show(row));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  out.lowest = column.show(order.front());
  out.highest = column.show(order.back());
  out.distinct = 1;
  for (size_t k = 1; k < order.size(); ++k) out.distinct += values[order[k - 1]] < values[order[k]];
}

double mean_of(const Column& column) {
  double sum = 0;
  size_t count = 0;
  for (const double value : column.numbers())
    if (!std::isnan(value)) {
      sum += value;
      ++count;
    }
  return sum / static_cast<double>(count);
}

}  // namespace

std::vector<ColumnSummary> Frame::describe(size_t examples) const {
  std::vector<ColumnSummary> out;
  for (size_t k = 0; k < columns_.size(); ++k) {
    const Column& column = columns_[k];
    ColumnSummary summary{.name = names_[k],
                          .kind = column.kind(),
                          .rows = rows(),
                          .nulls = column.nulls(),
                          .lowest = {},
                          .highest = {},
                          .examples = {}};
    switch (column.kind()) {
      case ColumnKind::boolean:
        summarise(column, column.booleans(), summary, examples);
        break;
      case ColumnKind::integer:
        summarise(column, column.integers(), summary, examples);
        break;
      case ColumnKind::time:
        summarise(column, column.times(), summary, examples);
        break;
      case ColumnKind::text:
        summarise(column, column.texts(), summary, examples);
        break;
      case ColumnKind::real:
        if (column.single())
          summarise(column, column.singles(), summary, examples);
        else
          summarise(column, column.reals(), summary, examples);
        break;
      case ColumnKind::category: {
        const Column sorted = sorted_levels(column);
        summarise(sorted, sorted.codes(), summary, examples);
        break;
      }
    }
    const bool number = column.kind() == ColumnKind::boolean || column.kind() == ColumnKind::integer ||
                        column.kind() == ColumnKind::real;
    if (number) summary.mean = mean_of(column);
    out.push_back(std::move(summary));
  }
  return out;
}

}  // namespace tenfold
