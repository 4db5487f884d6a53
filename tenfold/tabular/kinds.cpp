#include "tenfold/tabular/kinds.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include "tenfold/core/options.h"

namespace tenfold::tabular {
namespace {

constexpr size_t kRowsToJudge = 50;  // below, every value of a good category may be there once
constexpr double kNearlyAll = 0.95;  // different values a row, from where a category names the row itself
constexpr double kFreeText = 60;     // mean bytes of a text that is no name any more
constexpr size_t kRepeats = 10;      // rows a value that a code with a telling name has at least

/// Different values, counted up to `limit` + 1.
size_t distinct(Integers values, size_t limit) {
  std::vector<int64_t> seen;  // ascending; few
  for (const int64_t value : values) {
    if (value == null_integer) continue;
    const auto place = std::lower_bound(seen.begin(), seen.end(), value);
    if (place != seen.end() && *place == value) continue;
    if (seen.size() == limit) return limit + 1;
    seen.insert(place, value);
  }
  return seen.size();
}

/// Consecutive numbers, row by row: the rows' numbers.
bool counts_rows(Integers values) {
  if (values.size() < kRowsToJudge || values[0] == null_integer) return false;
  for (size_t k = 1; k < values.size(); ++k)
    if (values[k] <= values[k - 1]) return false;
  return static_cast<size_t>(values.back() - values[0]) < 4 * values.size();  // of a part of the rows, drawn by lot
}

/// Names that people give to codes: "store_id", "StoreId", "zip", "dept_code".
bool sounds_like_a_code(const std::string& name) {
  std::string lower = name;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const std::string end : {"id", "code", "zip"}) {
    if (!lower.ends_with(end)) continue;
    const size_t before = name.size() - end.size();
    // "Id" behind a small letter, "_id", or the whole name; not "humid".
    if (before == 0 || name[before - 1] == '_' || std::isupper(static_cast<unsigned char>(name[before]))) return true;
  }
  return false;
}

std::string values_of(size_t count) { return std::to_string(count) + (count == 1 ? " value" : " different values"); }

Judgement judge_integers(const std::string& name, Integers values, int64_t category_limit) {
  const auto limit = static_cast<size_t>(std::max<int64_t>(category_limit, 1));
  const size_t count = distinct(values, limit);
  if (count <= limit)
    return {Use::category,
            "whole numbers with " + values_of(count) + " (up to " + std::to_string(limit) + " are a category)"};
  if (counts_rows(values)) return {Use::ignored, "counts the rows, which a new row does not continue"};
  if (sounds_like_a_code(name)) {
    std::set<int64_t> all(values.begin(), values.end());
    if (all.size() * kRepeats <= values.size())
      return {Use::category, "whole numbers called like a code, with " + values_of(all.size()) + " in " +
                                 std::to_string(values.size()) + " rows"};
  }
  return {Use::number, "whole numbers with more than " + std::to_string(limit) + " values"};
}

Judgement judge_names(const Column& values) {
  const Column levels = to_category(values);
  std::vector<bool> seen(levels.levels().size());
  size_t count = 0, filled = 0;
  double bytes = 0;
  for (const int32_t code : levels.codes()) {
    if (code == null_code) continue;
    ++filled;
    const auto k = static_cast<size_t>(code);
    bytes += static_cast<double>(levels.levels()[k].size());
    if (!seen[k]) seen[k] = true, ++count;
  }
  if (filled >= kRowsToJudge && static_cast<double>(count) > kNearlyAll * static_cast<double>(filled))
    return {Use::ignored, "text that names nearly every row by itself (" + std::to_string(count) + " of " +
                              std::to_string(filled) + " are different)"};
  if (bytes > kFreeText * static_cast<double>(filled) && count > 2)
    return {Use::ignored, "free text, " + std::to_string(std::lround(bytes / static_cast<double>(filled))) +
                              " bytes in the mean; texts are learnt by --kind text"};
  return {Use::category, "text with " + values_of(count)};
}

bool has_one_value(const Column& values) {
  if (values.kind() == ColumnKind::category || values.kind() == ColumnKind::text) {
    const Column levels = to_category(values);
    const auto codes = levels.codes();
    return std::all_of(codes.begin(), codes.end(), [&](int32_t code) { return code == codes[0]; });
  }
  if (values.nulls() > 0) return false;
  const auto numbers = values.numbers();
  return std::all_of(numbers.begin(), numbers.end(), [&](double v) { return v == numbers[0]; });
}

}  // namespace

Judgement judge(const std::string& name, const Column& values, const DataOptions& options) {
  if (values.nulls() == values.rows()) return {Use::ignored, "has no value in any training row"};
  if (has_one_value(values)) return {Use::ignored, "has one value, " + values.show(0) + ", in all training rows"};
  switch (values.kind()) {
    case ColumnKind::boolean:
      return {Use::category, "true or false"};
    case ColumnKind::integer:
      return judge_integers(name, values.integers(), options.category_limit);
    case ColumnKind::category:
    case ColumnKind::text:
      return judge_names(values);
    case ColumnKind::real:
    case ColumnKind::time:
      break;
  }
  return {Use::number, "numbers with fractions"};
}

}  // namespace tenfold::tabular
