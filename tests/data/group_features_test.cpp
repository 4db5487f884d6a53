#include "tenfold/data/group_features.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"

namespace tenfold {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t kStart = 15706 * seconds_a_day;  // 2013-01-01

/// The table of tools/reference_tables.py: two stores, dates in disorder, some sales missing.
Frame sales() {
  std::vector<int64_t> store, date;
  std::vector<double> amount;
  for (int64_t k = 0; k < 24; ++k) {
    store.push_back(k % 2);
    date.push_back(kStart + k * 5 % 31 * seconds_a_day);
    amount.push_back(k % 7 != 3 ? static_cast<double>(k * k % 17) : kNone);
  }
  return Frame({{"store", Column::integer(store)}, {"date", Column::time(date)}, {"sales", Column::real(amount)}});
}

void expect_reals(const Column& column, const std::vector<double>& expected) {
  ASSERT_EQ(column.rows(), expected.size());
  for (size_t row = 0; row < expected.size(); ++row) {
    const double value = column.reals()[row];
    if (std::isnan(expected[row]))
      EXPECT_TRUE(std::isnan(value)) << row;
    else
      EXPECT_NEAR(value, expected[row], 1e-13) << row;
  }
}

void expect_integers(const Column& column, const std::vector<int64_t>& expected) {
  EXPECT_EQ(std::vector<int64_t>(column.integers().begin(), column.integers().end()), expected);
}

// Expected values: tools/reference_tables.py (pandas).
TEST(GroupFeatures, LagsWithinTheGroup) {
  const Frame frame = sales();
  const Groups stores(frame, {"store"}, "date");
  expect_reals(lag(stores, frame["sales"], 2),
               {kNone, 16.0,  9.0, 4.0, 1.0, kNone, 1.0,   4.0,   9.0,   16.0, 8.0,  2.0,
                16.0,  kNone, 0.0, 1.0, 4.0, kNone, kNone, kNone, kNone, 15.0, 13.0, 13.0});
  const Column back = lag(stores, lag(stores, frame["sales"], 1), -1);
  for (size_t row = 0; row < 24; ++row)
    if (!back.is_null(row)) {
      EXPECT_EQ(back.reals()[row], frame["sales"].reals()[row]);
    }
  EXPECT_EQ(lag(stores, frame["store"], 1).kind(), ColumnKind::integer);
  EXPECT_EQ(lag(stores, frame["sales"], 100).nulls(), 24u);
}

TEST(GroupFeatures, RollsOverRows) {
  const Frame frame = sales();
  const Groups stores(frame, {"store"}, "date");
  expect_reals(rolling(stores, frame["sales"], Statistic::mean, Rows{.count = 3}), {0.0,
                                                                                    10.666666666666666,
                                                                                    8.666666666666666,
                                                                                    8.5,
                                                                                    8.5,
                                                                                    5.0,
                                                                                    3.6666666666666665,
                                                                                    11.666666666666666,
                                                                                    10.333333333333334,
                                                                                    11.0,
                                                                                    4.5,
                                                                                    2.0,
                                                                                    8.333333333333334,
                                                                                    10.0,
                                                                                    6.0,
                                                                                    7.0,
                                                                                    4.333333333333333,
                                                                                    2.0,
                                                                                    8.5,
                                                                                    4.0,
                                                                                    4.5,
                                                                                    10.666666666666666,
                                                                                    8.333333333333334,
                                                                                    7.5});
  expect_reals(rolling(stores, frame["sales"], Statistic::sum, Rows{.count = 3, .gap = 1}),
               {0.0,  35.0, 31.0, 33.0, 9.0,  4.0,  25.0, 20.0, 18.0, 21.0, 13.0, 2.0,
                17.0, 4.0,  9.0,  32.0, 25.0, 15.0, 17.0, 0.0,  0.0,  32.0, 26.0, 17.0});
  expect_reals(rolling(stores, frame["sales"], Statistic::deviation, Rows{.count = 5}), {kNone,
                                                                                         7.615773105863909,
                                                                                         5.049752469181039,
                                                                                         7.14142842854285,
                                                                                         6.5,
                                                                                         3.4641016151377544,
                                                                                         6.898067362191626,
                                                                                         6.658328118479393,
                                                                                         5.5,
                                                                                         6.833739825307955,
                                                                                         5.196152422706632,
                                                                                         6.3508529610858835,
                                                                                         7.14142842854285,
                                                                                         8.48528137423857,
                                                                                         5.196152422706632,
                                                                                         7.3006848993775915,
                                                                                         4.636809247747852,
                                                                                         5.8594652770823155,
                                                                                         7.14142842854285,
                                                                                         kNone,
                                                                                         6.363961030678928,
                                                                                         7.3006848993775915,
                                                                                         3.2093613071762426,
                                                                                         6.800735254367722});
}

TEST(GroupFeatures, RollsOverDaysHoweverManyRows) {
  const Frame frame = sales();
  const Groups stores(frame, {"store"}, "date");
  const auto week = [&](Statistic statistic) {
    return rolling(stores, frame["sales"], statistic, frame["date"], Days{.count = 7});
  };
  expect_reals(week(Statistic::mean), {0.0,
                                       9.0,
                                       8.75,
                                       11.0,
                                       8.333333333333334,
                                       4.0,
                                       3.6666666666666665,
                                       11.666666666666666,
                                       10.333333333333334,
                                       11.0,
                                       4.5,
                                       2.0,
                                       4.5,
                                       10.0,
                                       9.0,
                                       10.0,
                                       4.5,
                                       2.0,
                                       1.0,
                                       4.0,
                                       9.0,
                                       16.0,
                                       8.0,
                                       2.0});
  expect_reals(week(Statistic::count), {1, 4, 4, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1});
  expect_reals(week(Statistic::maximum),
               {0, 16, 13, 16, 16, 8, 8, 16, 13, 16, 8, 2, 8, 16, 9, 16, 8, 2, 1, 4, 9, 16, 8, 2});
  // Ahead and back are each other's mirror: yesterday's window of what follows is today's without today.
  const Column ahead =
      rolling(stores, frame["sales"], Statistic::sum, frame["date"], Days{.count = 40, .gap = 1, .ahead = true});
  const Column back = rolling(stores, frame["sales"], Statistic::sum, frame["date"], Days{.count = 40});
  const Column all = group_statistic(stores, frame["sales"], Statistic::sum);
  for (size_t row = 0; row < 24; ++row) EXPECT_NEAR(ahead.reals()[row] + back.reals()[row], all.reals()[row], 1e-12);
}

TEST(GroupFeatures, ElapsedIsThatOfTheReferenceVector) {
  std::vector<int64_t> date(10);
  std::vector<int8_t> event(10);
  for (size_t day = 0; day < 10; ++day) {
    date[day] = kStart + static_cast<int64_t>(day) * seconds_a_day;
    event[day] = day == 2 || day == 7;  // days 3 and 8
  }
  const Frame frame({{"store", Column::integer(std::vector<int64_t>(10, 1))},
                     {"date", Column::time(date)},
                     {"promo", Column::boolean(event)}});
  const Frame out = add_elapsed(frame, {"promo"}, "date", "store");
  expect_integers(out["Afterpromo"], {0, 0, 0, 1, 2, 3, 4, 0, 1, 2});
  expect_integers(out["Beforepromo"], {-2, -1, 0, -4, -3, -2, -1, 0, 0, 0});
  expect_integers(out["promo_bw"], {0, 0, 1, 1, 1, 1, 1, 2, 2, 1});
  expect_integers(out["promo_fw"], {1, 2, 2, 1, 1, 1, 1, 1, 0, 0});
  const Groups stores(frame, {"store"}, "date");
  EXPECT_TRUE(days_since(stores, frame["promo"], frame["date"]).is_null(1));
  EXPECT_TRUE(days_until(stores, frame["promo"], frame["date"]).is_null(9));
}

TEST(GroupFeatures,
     ElapsedIsFastais) {  // tools/reference_tables.py: add_elapsed_times, three days missing after the fifth
  std::vector<int64_t> store, date;
  std::vector<int8_t> event;
  for (const int64_t s : {1, 2})
    for (int64_t day = 1; day <= 10; ++day) {
      store.push_back(s);
      date.push_back(kStart + (day + (day > 5) * 3) * seconds_a_day);
      event.push_back(s == 1 ? day == 3 || day == 8 : day == 1 || day == 2 || day == 9);
    }
  const Frame frame(
      {{"store", Column::integer(store)}, {"date", Column::time(date)}, {"promo", Column::boolean(event)}});
  std::vector<int64_t> shuffled(20);
  for (int64_t k = 0; k < 20; ++k) shuffled[static_cast<size_t>(k)] = k * 7 % 20;
  const Frame out = add_elapsed(frame.take(shuffled), {"promo"}, "date", "store");
  const auto at = [&](const char* name) {
    std::vector<int64_t> values(20);
    for (size_t k = 0; k < 20; ++k) values[static_cast<size_t>(shuffled[k])] = out[name].integers()[k];
    return Column::integer(values);
  };
  expect_integers(at("Afterpromo"), {0, 0, 0, 1, 2, 6, 7, 0, 1, 2, 0, 0, 1, 2, 3, 7, 8, 9, 0, 1});
  expect_integers(at("Beforepromo"), {-2, -1, 0, -7, -6, -2, -1, 0, 0, 0, 0, 0, -9, -8, -7, -3, -2, -1, 0, 0});
  expect_integers(at("promo_bw"), {0, 0, 1, 1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1, 1});
  expect_integers(at("promo_fw"), {1, 2, 2, 1, 1, 1, 1, 1, 0, 0, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0});
}

TEST(GroupFeatures, AggregatesGroupsOfSeveralKeys) {
  const Frame frame({{"a", Column::category({"x", "y", "x", "x"})},
                     {"b", Column::integer({1, 1, 1, null_integer})},
                     {"v", Column::real(std::vector<double>{1, 2, 4, kNone})}});
  const Frame out =
      aggregate(frame, {"a", "b"}, {{"v", Statistic::mean}, {"v", Statistic::count}, {"v", Statistic::sum}});
  ASSERT_EQ(out.rows(), 3u);
  EXPECT_EQ(out.names(), (std::vector<std::string>{"a", "b", "v_mean", "v_count", "v_sum"}));
  expect_reals(out["v_mean"], {2.5, 2, kNone});
  expect_reals(out["v_count"], {2, 1, 0});
  expect_reals(out["v_sum"], {5, 2, 0});
  EXPECT_TRUE(out["b"].is_null(2));
}

TEST(GroupFeatures, RefuseWhatHasNoMeaning) {
  const Frame frame = sales();
  const Groups all(frame, {});
  EXPECT_EQ(all.count(), 1u);
  EXPECT_THROW(rolling(all, frame["sales"], Statistic::mean, Rows{.count = 0}), ConfigError);
  EXPECT_THROW(rolling(all, frame["sales"], Statistic::mean, frame["date"], Days{.count = 1, .gap = -1}), ConfigError);
  EXPECT_THROW(lag(all, Column::integer({1}), 1), Error);
  EXPECT_THROW(Groups(frame, {"shop"}), DataError);
}

}  // namespace
}  // namespace tenfold
