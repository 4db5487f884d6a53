#include "tenfold/tabular/category.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/tabular/number.h"

namespace tenfold::tabular {
namespace {

constexpr int64_t kDense = 1 << 20;  // integers within such a range are counted in a table instead of sorted

template <class T>
struct Counted {
  T value;
  int64_t count;
};

template <class T>
std::vector<Counted<T>> run_lengths(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  std::vector<Counted<T>> out;
  for (auto& value : values) {
    if (out.empty() || out.back().value != value) out.push_back({std::move(value), 0});
    ++out.back().count;
  }
  return out;
}

std::vector<Counted<int64_t>> count_integers(Integers values) {
  int64_t low = std::numeric_limits<int64_t>::max(), high = std::numeric_limits<int64_t>::min();
  for (const int64_t value : values)
    if (value != null_integer) low = std::min(low, value), high = std::max(high, value);
  if (low > high) return {};
  std::vector<Counted<int64_t>> out;
  if (static_cast<uint64_t>(high) - static_cast<uint64_t>(low) < static_cast<uint64_t>(kDense)) {
    std::vector<int64_t> counts(static_cast<size_t>(high - low + 1));
    for (const int64_t value : values)
      if (value != null_integer) ++counts[static_cast<size_t>(value - low)];
    for (size_t k = 0; k < counts.size(); ++k)
      if (counts[k] > 0) out.push_back({low + static_cast<int64_t>(k), counts[k]});
    return out;
  }
  std::vector<int64_t> kept;
  std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](int64_t v) { return v != null_integer; });
  return run_lengths(std::move(kept));
}

std::vector<Counted<double>> count_numbers(const Column& column) {
  auto values = column.numbers();
  std::erase_if(values, [](double v) { return std::isnan(v); });
  for (double& value : values) value += 0.0;  // -0 is 0
  return run_lengths(std::move(values));
}

std::vector<Counted<std::string>> count_texts(const Column& column) {
  const auto& levels = column.levels();
  std::vector<int64_t> counts(levels.size());
  for (const int32_t code : column.codes())
    if (code != null_code) ++counts[static_cast<size_t>(code)];
  std::vector<Counted<std::string>> out;
  for (size_t k = 0; k < levels.size(); ++k)
    if (counts[k] > 0) out.push_back({levels[k], counts[k]});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  return out;
}

/// Parts levels, ascending, into those with a code of their own and those that share one.
template <class T>
void part(std::vector<Counted<T>> counted, int64_t min_count, int64_t max_levels, std::vector<T>& levels,
          std::vector<T>& rare) {
  std::vector<bool> folded(counted.size());
  for (size_t k = 0; k < counted.size(); ++k) folded[k] = counted[k].count < min_count;
  if (static_cast<int64_t>(counted.size()) > max_levels) {
    std::vector<size_t> order(counted.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return counted[a].count > counted[b].count; });
    for (auto k = static_cast<size_t>(max_levels); k < order.size(); ++k) folded[order[k]] = true;
  }
  for (size_t k = 0; k < counted.size(); ++k) (folded[k] ? rare : levels).push_back(std::move(counted[k].value));
}

template <class List, class Value>
int32_t code_in(const List& levels, const List& rare, const Value& value) {
  const auto found = std::lower_bound(levels.begin(), levels.end(), value);
  if (found != levels.end() && *found == value) return static_cast<int32_t>(found - levels.begin()) + 1;
  return std::binary_search(rare.begin(), rare.end(), value) ? static_cast<int32_t>(levels.size()) + 1 : 0;
}

LevelType level_type(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::boolean:
      return LevelType::yes_no;
    case ColumnKind::integer:
      return LevelType::integer;
    case ColumnKind::real:
      return LevelType::number;
    case ColumnKind::category:
    case ColumnKind::text:
    case ColumnKind::time:
      return LevelType::text;
  }
  return LevelType::text;
}

std::optional<int64_t> yes_or_no(std::string_view text) {
  for (const char* yes : {"true", "True", "TRUE", "yes", "1"})
    if (text == yes) return 1;
  for (const char* no : {"false", "False", "FALSE", "no", "0"})
    if (text == no) return 0;
  return std::nullopt;
}

}  // namespace

int64_t cardinality(const Category& category) {
  const size_t levels = category.texts.size() + category.integers.size() + category.numbers.size();
  const bool rare = !category.rare_texts.empty() || !category.rare_integers.empty() || !category.rare_numbers.empty();
  return static_cast<int64_t>(levels) + 1 + (rare ? 1 : 0);
}

std::string level_name(const Category& category, int64_t code) {
  const auto k = static_cast<size_t>(code - 1);
  if (code <= 0) return "#na#";
  switch (category.levels) {
    case LevelType::text:
      if (k < category.texts.size()) return category.texts[k];
      break;
    case LevelType::number:
      if (k < category.numbers.size()) return shortest(category.numbers[k]);
      break;
    case LevelType::integer:
      if (k < category.integers.size()) return std::to_string(category.integers[k]);
      break;
    case LevelType::yes_no:
    case LevelType::missing:
      if (k < category.integers.size()) return category.integers[k] != 0 ? "true" : "false";
      break;
  }
  return "#rare#";
}

Category fit_category(const std::string& name, const Column& values, int64_t min_count, int64_t max_levels) {
  Category out{.name = name, .column = name, .source = name, .levels = level_type(values.kind())};
  switch (values.kind()) {
    case ColumnKind::boolean: {
      std::vector<int64_t> all;
      for (const int8_t value : values.booleans()) all.push_back(value == null_boolean ? null_integer : value);
      part(count_integers(std::span<const int64_t>(all)), min_count, max_levels, out.integers, out.rare_integers);
      break;
    }
    case ColumnKind::integer:
      part(count_integers(values.integers()), min_count, max_levels, out.integers, out.rare_integers);
      break;
    case ColumnKind::real:
      part(count_numbers(values), min_count, max_levels, out.numbers, out.rare_numbers);
      break;
    case ColumnKind::category:
      part(count_texts(values), min_count, max_levels, out.texts, out.rare_texts);
      break;
    case ColumnKind::text:
    case ColumnKind::time:
      part(count_texts(to_category(values)), min_count, max_levels, out.texts, out.rare_texts);
      break;
  }
  return out;
}

CategoryReader::CategoryReader(const Category& category, const Column& column) : category_(category) {
  if (level_type(column.kind()) != category.levels && column.nulls() < column.rows())
    remark_ = "was " + name_of(category.levels) + " in training and is " + name_of(column.kind()) + " now; read as " +
              name_of(category.levels);
  if (column.kind() == ColumnKind::category)
    for (const auto& level : column.levels()) by_code_.push_back(of_words(level));
  const auto& integers = category.integers;
  if (category.levels == LevelType::integer && !integers.empty() && category.rare_integers.empty() &&
      static_cast<uint64_t>(integers.back()) - static_cast<uint64_t>(integers.front()) < column.rows()) {
    first_ = integers.front();
    by_integer_.resize(static_cast<size_t>(integers.back() - first_ + 1));
    for (size_t k = 0; k < integers.size(); ++k)
      by_integer_[static_cast<size_t>(integers[k] - first_)] = static_cast<int32_t>(k) + 1;
  }
}

int32_t CategoryReader::of_integer(int64_t value) const {
  if (value == null_integer) return 0;
  switch (category_.levels) {
    case LevelType::number:
      return of_number(static_cast<double>(value));
    case LevelType::text:
      return of_text(std::to_string(value));
    default:
      break;
  }
  if (by_integer_.empty()) return code_in(category_.integers, category_.rare_integers, value);
  const auto place = static_cast<uint64_t>(value) - static_cast<uint64_t>(first_);
  return place < by_integer_.size() ? by_integer_[place] : 0;
}

int32_t CategoryReader::of_number(double value) const {
  if (std::isnan(value)) return 0;
  switch (category_.levels) {
    case LevelType::number:
      return code_in(category_.numbers, category_.rare_numbers, value + 0.0);
    case LevelType::text:
      return of_text(Column::real(std::vector<double>{value}).show(0));
    default:
      break;
  }
  const bool whole = value == std::floor(value) && std::abs(value) < 9e18;
  return whole ? of_integer(static_cast<int64_t>(value)) : 0;
}

int32_t CategoryReader::of_text(std::string_view value) const {
  return code_in(category_.texts, category_.rare_texts, value);
}

int32_t CategoryReader::of_words(std::string_view value) const {
  if (category_.levels == LevelType::text) return of_text(value);
  if (category_.levels == LevelType::yes_no) {
    const auto answer = yes_or_no(value);
    return answer ? of_integer(*answer) : 0;
  }
  return of_number(number_of(value));
}

void CategoryReader::read(const Column& values, int32_t* out, int64_t stride) const {
  const auto each = [&](const auto& list, auto code) {
    for (size_t k = 0; k < list.size(); ++k) out[static_cast<int64_t>(k) * stride] = code(list[k]);
  };
  switch (values.kind()) {
    case ColumnKind::boolean:
      return category_.levels == LevelType::text
                 ? each(values.booleans(),
                        [&](int8_t v) { return v == null_boolean ? 0 : of_text(v != 0 ? "true" : "false"); })
                 : each(values.booleans(), [&](int8_t v) { return v == null_boolean ? 0 : of_integer(v); });
    case ColumnKind::integer:
      return each(values.integers(), [&](int64_t v) { return of_integer(v); });
    case ColumnKind::real:
      return values.single() ? each(values.singles(), [&](float v) { return of_number(static_cast<double>(v)); })
                             : each(values.reals(), [&](double v) { return of_number(v); });
    case ColumnKind::category:
      return each(values.codes(), [&](int32_t v) { return v == null_code ? 0 : by_code_[static_cast<size_t>(v)]; });
    case ColumnKind::text:
      return each(values.texts(), [&](std::string_view v) { return v.data() == nullptr ? 0 : of_words(v); });
    case ColumnKind::time: {
      for (size_t k = 0; k < values.rows(); ++k)
        out[static_cast<int64_t>(k) * stride] = values.is_null(k) ? 0 : of_words(values.show(k));
      return;
    }
  }
}

}  // namespace tenfold::tabular
