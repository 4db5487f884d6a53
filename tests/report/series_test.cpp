#include "tenfold/report/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace tenfold::report {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Extremes, ShortCurvesStayWhole) { EXPECT_THAT(extremes({{3, 1, 2}}, 600), testing::ElementsAre(0, 1, 2)); }

TEST(Extremes, NothingGivesNothing) {
  EXPECT_TRUE(extremes({}, 10).empty());
  EXPECT_TRUE(extremes({{}, {}}, 10).empty());
}

TEST(Extremes, EachSinglePeakAndDipSurvives) {
  for (size_t where = 0; where < 10000; where += 137) {
    std::vector<double> peak(10000, 1), dip(10000, 1);
    peak[where] = 50;
    dip[9999 - where] = -50;
    const auto rows = extremes({peak, dip}, 100);
    EXPECT_LE(rows.size(), 100u * 5 + 1);
    EXPECT_TRUE(std::binary_search(rows.begin(), rows.end(), where));
    EXPECT_TRUE(std::binary_search(rows.begin(), rows.end(), 9999 - where));
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end()));
    EXPECT_EQ(rows.front(), 0u);
    EXPECT_EQ(rows.back(), 9999u);
  }
}

TEST(Extremes, PassesOverWhatIsNoNumber) {
  std::vector<double> y(1000, kNaN);
  y[517] = 2;
  const auto rows = extremes({y}, 10);
  EXPECT_TRUE(std::binary_search(rows.begin(), rows.end(), 517u));
  EXPECT_LE(rows.size(), 12u);
}

TEST(SweepWindow, ALossThatRunsAwayDoesNotFlattenTheRest) {
  const auto [low, high] = sweep_window({2.3, 2.2, 1.5, 1.0, 1.4, 40, 1e9});
  EXPECT_LT(low, 1.0);
  EXPECT_GT(low, 0.8);
  EXPECT_GT(high, 2.3);
  EXPECT_LT(high, 3.5);
}

TEST(SweepWindow, HoldsAWellBehavedCurveWhole) {
  const auto [low, high] = sweep_window({2, 1.5, 1, 1.2});
  EXPECT_LT(low, 1);
  EXPECT_GE(high, 2);
}

TEST(SweepWindow, IsNeverEmpty) {
  for (const auto& loss :
       {std::vector<double>{}, std::vector<double>{kNaN}, std::vector<double>{3, 3, 3}, std::vector<double>{1, 2, 3}}) {
    const auto [low, high] = sweep_window(loss);
    EXPECT_LT(low, high);
  }
}

}  // namespace
}  // namespace tenfold::report
