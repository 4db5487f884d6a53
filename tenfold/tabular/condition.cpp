#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/tabular/number.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

// Longer ones first: "<=" is not "<".
constexpr std::array<const char*, 6> kComparisons = {"<=", ">=", "!=", "<", ">", "="};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::string unquoted(const std::string& text) {
  const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Condition parse_one(const std::string& text, const std::string& option) {
  for (size_t k = 0; k < text.size(); ++k)
    for (const std::string comparison : kComparisons) {
      if (text.compare(k, comparison.size(), comparison) != 0) continue;
      Condition out{trimmed(text.substr(0, k)), comparison, unquoted(trimmed(text.substr(k + comparison.size())))};
      if (comparison == "=" && out.value.starts_with("=")) out.value = unquoted(trimmed(out.value.substr(1)));
      if (!out.column.empty() && !out.value.empty()) return out;
    }
  throw ConfigError(option, "'" + text +
                                "' is no comparison; write a column, one of <, <=, =, !=, >=, >, and a value: "
                                "'year >= 2015'");
}

template <class T>
bool compare(const T& left, const std::string& comparison, const T& right) {
  if (comparison == "<") return left < right;
  if (comparison == "<=") return left <= right;
  if (comparison == ">") return left > right;
  if (comparison == ">=") return left >= right;
  return (left == right) == (comparison == "=");
}

[[noreturn]] void refuse(const Condition& condition, const std::string& option, const std::string& problem) {
  throw ConfigError(option,
                    "'" + condition.column + " " + condition.comparison + " " + condition.value + "': " + problem);
}

double number_in(const Condition& condition, const std::string& option, ColumnKind kind) {
  const double value = number_of(condition.value);
  if (std::isnan(value)) refuse(condition, option, "the column is " + name_of(kind) + "; compare with a number");
  return value;
}

}  // namespace

std::vector<Condition> parse_conditions(const std::string& text, const std::string& option) {
  std::vector<Condition> out;
  const std::string joint = " and ";
  for (size_t from = 0; from <= text.size();) {
    const size_t to = std::min(text.find(joint, from), text.size());
    out.push_back(parse_one(trimmed(text.substr(from, to - from)), option));
    from = to + joint.size();
  }
  return out;
}

std::vector<int8_t> holds(const Condition& condition, const Frame& frame, const std::string& option) {
  if (!frame.has(condition.column)) {
    const std::string near = nearest(condition.column, frame.names());
    refuse(condition, option, "the table has no such column" + (near.empty() ? "" : "; nearest is '" + near + "'"));
  }
  const Column& column = frame[condition.column];
  std::vector<int8_t> out(column.rows(), -1);
  switch (column.kind()) {
    case ColumnKind::boolean: {
      const bool yes = condition.value == "true" || condition.value == "True" || condition.value == "1";
      const bool no = condition.value == "false" || condition.value == "False" || condition.value == "0";
      if (!yes && !no) refuse(condition, option, "the column is boolean; compare with true or false");
      const auto values = column.booleans();
      for (size_t k = 0; k < out.size(); ++k)
        if (values[k] != null_boolean) out[k] = compare<int>(values[k], condition.comparison, yes);
      return out;
    }
    case ColumnKind::time: {
      const auto moment = parse_time(condition.value, DateFormat::iso);
      if (!moment) refuse(condition, option, "the column is a date; compare with one, as 2015-06-19");
      const auto values = column.times();
      for (size_t k = 0; k < out.size(); ++k)
        if (values[k] != null_integer) out[k] = compare(values[k], condition.comparison, *moment);
      return out;
    }
    case ColumnKind::integer:
    case ColumnKind::real: {
      const double wanted = number_in(condition, option, column.kind());
      const auto values = column.numbers();
      for (size_t k = 0; k < out.size(); ++k)
        if (!std::isnan(values[k])) out[k] = compare(values[k], condition.comparison, wanted);
      return out;
    }
    case ColumnKind::category:
    case ColumnKind::text:
      break;
  }
  if (condition.comparison != "=" && condition.comparison != "!=")
    refuse(condition, option, "the column is text; only = and != are known of text");
  const Column levels = to_category(column);
  std::vector<int8_t> by_level;
  for (const auto& level : levels.levels()) by_level.push_back(compare(level, condition.comparison, condition.value));
  const auto codes = levels.codes();
  for (size_t k = 0; k < out.size(); ++k)
    if (codes[k] != null_code) out[k] = by_level[static_cast<size_t>(codes[k])];
  return out;
}

}  // namespace tenfold::tabular
