#include "tenfold/data/group_features.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/data/dates.h"
#include "tenfold/data/row_keys.h"

namespace tenfold {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

double statistic_of(std::span<const double> values, Statistic statistic) {
  double sum = 0, least = HUGE_VAL, most = -HUGE_VAL;
  size_t count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    ++count;
    sum += value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  const auto n = static_cast<double>(count);
  switch (statistic) {
    case Statistic::count:
      return n;
    case Statistic::sum:
      return sum;
    case Statistic::mean:
      return count > 0 ? sum / n : kMissing;
    case Statistic::minimum:
      return count > 0 ? least : kMissing;
    case Statistic::maximum:
      return count > 0 ? most : kMissing;
    case Statistic::deviation:
      break;
  }
  if (count < 2) return kMissing;
  double squares = 0;
  for (const double value : values)
    if (!std::isnan(value)) squares += (value - sum / n) * (value - sum / n);
  return std::sqrt(squares / (n - 1));
}

void check_rows(const Groups& groups, const Column& column) {
  if (column.rows() != groups.rows())
    throw Error("groups of " + std::to_string(groups.rows()) + " rows are asked about a column of " +
                std::to_string(column.rows()) + "; make them of the table that the column is in");
}

void check_window(int64_t count, int64_t gap) {
  if (count < 1) throw ConfigError("window.count", "is " + std::to_string(count) + "; needs at least 1");
  if (gap < 0) throw ConfigError("window.gap", "is " + std::to_string(gap) + "; needs at least 0");
}

/// fill(rows, values, out) for each group: its rows, its values in their order, its results in their order.
template <class Fill>
std::vector<double> by_group(const Groups& groups, const Column& column, Fill fill) {
  check_rows(groups, column);
  const std::vector<double> numbers = column.numbers();
  std::vector<double> out(groups.rows(), kMissing), values, results;
  for (size_t number = 0; number < groups.count(); ++number) {
    const auto rows = groups.group(number);
    values.clear();
    for (const int64_t row : rows) values.push_back(numbers[static_cast<size_t>(row)]);
    results.assign(rows.size(), kMissing);
    fill(rows, std::span<const double>(values), std::span(results));
    for (size_t k = 0; k < rows.size(); ++k) out[static_cast<size_t>(rows[k])] = results[k];
  }
  return out;
}

std::vector<int64_t> days_of_rows(const Groups& groups, const Column& times) {
  check_rows(groups, times);
  std::vector<int64_t> out;
  for (const int64_t seconds : times.times()) out.push_back(seconds == null_integer ? null_integer : day_of(seconds));
  return out;
}

enum class Direction { back, ahead };

/// Days between each row and the last row before it, or the first behind it, whose event is true.
Column days_to_event(const Groups& groups, const Column& event, const Column& times, Direction direction) {
  const auto days = days_of_rows(groups, times);
  const std::vector<double> events = event.numbers();
  check_rows(groups, event);
  std::vector<int64_t> out(groups.rows(), null_integer);
  for (size_t number = 0; number < groups.count(); ++number) {
    const auto rows = groups.group(number);
    int64_t last = null_integer;
    for (size_t k = 0; k < rows.size(); ++k) {
      const auto row = static_cast<size_t>(rows[direction == Direction::back ? k : rows.size() - 1 - k]);
      if (days[row] == null_integer) continue;
      if (!std::isnan(events[row]) && events[row] != 0) last = days[row];
      if (last != null_integer) out[row] = days[row] - last;
    }
  }
  return Column::integer(std::move(out));
}

Column filled(const Column& column) {
  std::vector<int64_t> out(column.integers().begin(), column.integers().end());
  std::replace(out.begin(), out.end(), null_integer, int64_t{0});
  return Column::integer(std::move(out));
}

Column whole(const Column& column) {
  std::vector<int64_t> out;
  for (const double value : column.reals()) out.push_back(std::llround(value));
  return Column::integer(std::move(out));
}

}  // namespace

Groups::Groups(const Frame& frame, const std::vector<std::string>& keys, const std::string& order) {
  std::vector<Column> columns;
  for (const auto& key : keys) columns.push_back(frame[key]);
  const RowKeys found =
      keys.empty() ? RowKeys{.ids = std::vector<int64_t>(frame.rows()), .count = frame.rows() > 0} : row_keys(columns);
  begins_.assign(static_cast<size_t>(found.count) + 1, 0);
  for (const int64_t id : found.ids) ++begins_[static_cast<size_t>(id) + 1];
  std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
  rows_.resize(frame.rows());
  std::vector<size_t> next(begins_.begin(), begins_.end() - 1);
  for (size_t row = 0; row < found.ids.size(); ++row)
    rows_[next[static_cast<size_t>(found.ids[row])]++] = static_cast<int64_t>(row);
  if (order.empty()) return;
  const std::vector<double> numbers = frame[order].numbers();  // seconds are exact as doubles
  const auto earlier = [&](int64_t a, int64_t b) {
    const double x = numbers[static_cast<size_t>(a)], y = numbers[static_cast<size_t>(b)];
    if (std::isnan(x) || std::isnan(y)) return std::isnan(x) != std::isnan(y) ? std::isnan(x) : a < b;
    return x != y ? x < y : a < b;
  };
  for (size_t k = 0; k + 1 < begins_.size(); ++k)
    std::sort(rows_.begin() + static_cast<long>(begins_[k]), rows_.begin() + static_cast<long>(begins_[k + 1]),
              earlier);
}

Column lag(const Groups& groups, const Column& column, int64_t rows) {
  check_rows(groups, column);
  std::vector<int64_t> from(groups.rows(), -1);
  for (size_t number = 0; number < groups.count(); ++number) {
    const auto group = groups.group(number);
    const auto size = static_cast<int64_t>(group.size());
    for (int64_t k = std::max<int64_t>(0, rows); k < size && k - rows < size; ++k)
      from[static_cast<size_t>(group[static_cast<size_t>(k)])] = group[static_cast<size_t>(k - rows)];
  }
  return column.take(from);
}

Column rolling(const Groups& groups, const Column& column, Statistic statistic, const Rows& window) {
  check_window(window.count, window.gap);
  return Column::real(by_group(groups, column, [&](auto, std::span<const double> values, std::span<double> out) {
    const auto size = static_cast<int64_t>(values.size());
    for (int64_t k = 0; k < size; ++k) {
      const int64_t first = window.ahead ? k + window.gap : k - window.gap - window.count + 1;
      const int64_t begin = std::clamp<int64_t>(first, 0, size);
      const int64_t end = std::clamp<int64_t>(first + window.count, begin, size);
      out[static_cast<size_t>(k)] =
          statistic_of(values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin)), statistic);
    }
  }));
}

Column rolling(const Groups& groups, const Column& column, Statistic statistic, const Column& times,
               const Days& window) {
  check_window(window.count, window.gap);
  const auto days = days_of_rows(groups, times);
  return Column::real(by_group(groups, column, [&](auto rows, std::span<const double> values, std::span<double> out) {
    size_t begin = 0, end = 0;
    for (size_t k = 0; k < rows.size(); ++k) {
      const int64_t today = days[static_cast<size_t>(rows[k])];
      if (today == null_integer) continue;
      const int64_t first = window.ahead ? today + window.gap : today - window.gap - window.count + 1;
      const auto day = [&](size_t at) { return days[static_cast<size_t>(rows[at])]; };
      while (begin < rows.size() && day(begin) < first) ++begin;
      end = std::max(end, begin);
      while (end < rows.size() && day(end) < first + window.count) ++end;
      out[k] = statistic_of(values.subspan(begin, end - begin), statistic);
    }
  }));
}

Column group_statistic(const Groups& groups, const Column& column, Statistic statistic) {
  return Column::real(by_group(groups, column, [&](auto, std::span<const double> values, std::span<double> out) {
    std::fill(out.begin(), out.end(), statistic_of(values, statistic));
  }));
}

Frame aggregate(const Frame& frame, const std::vector<std::string>& keys,
                const std::vector<std::pair<std::string, Statistic>>& statistics) {
  const Groups groups(frame, keys);
  std::vector<int64_t> first;
  for (size_t number = 0; number < groups.count(); ++number) first.push_back(groups.group(number)[0]);
  Frame out = frame.select(keys).take(first);
  for (const auto& [name, statistic] : statistics)
    out = out.with(name + "_" + name_of(statistic), group_statistic(groups, frame[name], statistic).take(first));
  return out;
}

Column days_since(const Groups& groups, const Column& event, const Column& times) {
  return days_to_event(groups, event, times, Direction::back);
}

Column days_until(const Groups& groups, const Column& event, const Column& times) {
  return days_to_event(groups, event, times, Direction::ahead);
}

Frame add_elapsed(const Frame& frame, const std::vector<std::string>& events, const std::string& date,
                  const std::string& group, int64_t rows) {
  const Groups groups(frame, {group}, date);
  Frame out = frame;
  const Column& times = frame[date];
  for (const auto& event : events) {
    out = out.with("After" + event, filled(days_since(groups, frame[event], times)));
    out = out.with("Before" + event, filled(days_until(groups, frame[event], times)));
  }
  for (const auto& event : events)
    out = out.with(event + "_bw", whole(rolling(groups, frame[event], Statistic::sum, Rows{.count = rows})));
  for (const auto& event : events)
    out = out.with(event + "_fw",
                   whole(rolling(groups, frame[event], Statistic::sum, Rows{.count = rows, .ahead = true})));
  return out;
}

}  // namespace tenfold
