#pragma once
// Features of a row from other rows of its group: lags, windows over rows and over days, time since and until events,
// group statistics. Torch-free.
//
//   const Groups stores(frame, {"store"}, "date");
//   frame = frame.with("sales_week_ago", lag(stores, frame["sales"], 7));
//   frame = frame.with("sales_28_days", rolling(stores, frame["sales"], Statistic::mean, Days{.count = 28, .gap = 1}));
//
// What looks at a target must leave the row itself out (gap >= 1): a window that holds it gives it away.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/data/frame.h"

namespace tenfold {

/// Rows by group, and within a group in order of a column, null first; rows that it holds equal keep their order.
class Groups {
 public:
  /// Groups are rows with the same values of `keys`, missing being a value; no key makes one group. `order`: a column
  /// of numbers or times, empty for the order of the rows.
  Groups(const Frame& frame, const std::vector<std::string>& keys, const std::string& order = "");

  size_t rows() const { return rows_.size(); }
  size_t count() const { return begins_.size() - 1; }
  /// The rows of one group, in order.
  std::span<const int64_t> group(size_t number) const {
    return std::span(rows_).subspan(begins_[number], begins_[number + 1] - begins_[number]);
  }

 private:
  std::vector<int64_t> rows_{};
  std::vector<size_t> begins_{};
};

/// count: values that are not missing. deviation: of a sample (n - 1). Missing values are passed over; sum and count of
/// nothing are 0, the others missing.
enum class Statistic { count, sum, mean, minimum, maximum, deviation };
constexpr auto names(Statistic) {
  return std::to_array<std::pair<Statistic, std::string_view>>({{Statistic::count, "count"},
                                                                {Statistic::sum, "sum"},
                                                                {Statistic::mean, "mean"},
                                                                {Statistic::minimum, "minimum"},
                                                                {Statistic::maximum, "maximum"},
                                                                {Statistic::deviation, "deviation"}});
}

/// A window of `count` rows that ends `gap` rows before this one; 0 ends with it. With `ahead` it begins gap rows after
/// this one. Shorter at the ends of the group.
struct Rows {
  int64_t count = 1;
  int64_t gap = 0;
  bool ahead = false;
};

/// A window of the rows whose day lies `gap` to gap + count - 1 days before that of this row, however many there are;
/// with `ahead` after it.
struct Days {
  int64_t count = 1;
  int64_t gap = 0;
  bool ahead = false;
};

/// The value `rows` rows earlier in the group, or later where rows < 0; null where there is none. Of the column's kind.
Column lag(const Groups& groups, const Column& column, int64_t rows);

/// A statistic of the window of each row, as real. Every window is summed by itself: no rounding is carried along.
/// Throws ConfigError where count < 1 or gap < 0.
Column rolling(const Groups& groups, const Column& column, Statistic statistic, const Rows& window);
/// `times` is the column that the groups are ordered by; rows without a time have no window.
Column rolling(const Groups& groups, const Column& column, Statistic statistic, const Column& times,
               const Days& window);

/// The statistic of the whole group for each of its rows.
Column group_statistic(const Groups& groups, const Column& column, Statistic statistic);
/// One row a group, in the order in which they appear: its keys and the statistics, called "column_statistic".
Frame aggregate(const Frame& frame, const std::vector<std::string>& keys,
                const std::vector<std::pair<std::string, Statistic>>& statistics);

/// Days since the last row of the group whose `event` is true (or not 0), 0 on it; null where there is none before.
Column days_since(const Groups& groups, const Column& event, const Column& times);
/// Days to the next one, 0 or less (date minus the event's); null where there is none after.
Column days_until(const Groups& groups, const Column& event, const Column& times);

/// fastai's add_elapsed_times: for each event E, in this order of columns, AfterE (days_since, 0 for null), BeforeE
/// (days_until, 0 for null) of all events, then E_bw of all (the sum over this and the 6 rows before), then E_fw (and
/// the 6 rows behind); integers, beside the frame's own columns.
Frame add_elapsed(const Frame& frame, const std::vector<std::string>& events, const std::string& date,
                  const std::string& group, int64_t rows = 7);

}  // namespace tenfold
