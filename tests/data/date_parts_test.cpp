#include "tenfold/data/date_parts.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"

namespace tenfold {
namespace {

const std::vector<std::string> kMoments = {
    "2000-03-13", "1999-12-31T23:59:59", "2000-01-01",          "2004-02-29T12:30:45", "2005-01-02", "2008-12-29",
    "2010-01-03", "2013-06-30",          "1969-07-20T20:17:40", "1900-02-28",          "2020-12-31", "2021-04-01"};

Frame moments() {
  std::vector<int64_t> seconds;
  for (const auto& text : kMoments) seconds.push_back(parse_time(text, DateFormat::iso).value());
  seconds.push_back(null_integer);
  return Frame({{"saleDate", Column::time(std::move(seconds))}, {"x", Column::integer(std::vector<int64_t>(13, 1))}});
}

TEST(DateParts, AreThoseOfPandas) {
  const std::vector<std::vector<int64_t>> expected = {
      // tools/reference_tables.py
      {2000, 3, 11, 13, 0, 73, 0, 0, 0, 0, 0, 0, 0, 0, 0, 952905600},
      {1999, 12, 52, 31, 4, 365, 1, 0, 1, 0, 1, 0, 23, 59, 59, 946684799},
      {2000, 1, 52, 1, 5, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 946684800},
      {2004, 2, 9, 29, 6, 60, 1, 0, 0, 0, 0, 0, 12, 30, 45, 1078057845},
      {2005, 1, 53, 2, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1104624000},
      {2008, 12, 1, 29, 0, 364, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1230508800},
      {2010, 1, 53, 3, 6, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1262476800},
      {2013, 6, 26, 30, 6, 181, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1372550400},
      {1969, 7, 29, 20, 6, 201, 0, 0, 0, 0, 0, 0, 20, 17, 40, -14182940},
      {1900, 2, 9, 28, 2, 59, 1, 0, 0, 0, 0, 0, 0, 0, 0, -2203977600},
      {2020, 12, 53, 31, 3, 366, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1609372800},
      {2021, 4, 13, 1, 3, 91, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1617235200},
  };
  const Frame frame = add_date_parts(moments(), "saleDate", DateDetail::clock);
  EXPECT_EQ(frame.names(),
            (std::vector<std::string>{"x", "saleYear", "saleMonth", "saleWeek", "saleDay", "saleDayofweek",
                                      "saleDayofyear", "saleIs_month_end", "saleIs_month_start", "saleIs_quarter_end",
                                      "saleIs_quarter_start", "saleIs_year_end", "saleIs_year_start", "saleHour",
                                      "saleMinute", "saleSecond", "saleElapsed"}));
  for (size_t row = 0; row < expected.size(); ++row)
    for (size_t k = 0; k < expected[row].size(); ++k)
      EXPECT_EQ(frame.column(k + 1).numbers()[row], static_cast<double>(expected[row][k]))
          << kMoments[row] << " " << frame.names()[k + 1];
  EXPECT_TRUE(frame["saleYear"].is_null(12));
  EXPECT_TRUE(frame["saleElapsed"].is_null(12));
  EXPECT_EQ(frame["saleIs_month_end"].show(12), "false");
}

TEST(DateParts, KeepTheDateWhereAsked) {
  const Frame frame = add_date_parts(moments().renamed("saleDate", "when"), "when", DateDetail::day, DateSource::keep);
  EXPECT_TRUE(frame.has("when"));
  EXPECT_TRUE(frame.has("whenElapsed"));
  EXPECT_FALSE(frame.has("whenHour"));
  EXPECT_THROW(add_date_parts(frame, "x"), Error);
}

TEST(DateParts, GoRoundInTheirCycles) {
  const std::vector<std::vector<double>> expected = {
      // tools/reference_tables.py: 2004-02-29T12:30:45 and 2013-06-30
      {0.6234898018587334, -0.7818314824680299, 0.9766205557100867, -0.21497044021102438, 0.8660254037844387,
       0.49999999999999994, 0.5294338912181852, 0.848351197812304, -1.0, 1.2246467991473532e-16, 1.0, 0.0, -1.0,
       1.2246467991473532e-16, -1.8369701987210297e-16, -1.0},
      {0.6234898018587334, -0.7818314824680299, 0.9781476007338056, -0.20791169081775987, -0.8660254037844387,
       0.49999999999999994, -0.99907411510223, 0.04302223300453059, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0}};
  const Frame frame = add_cyclic_date_parts(moments(), "saleDate", DateDetail::clock);
  ASSERT_EQ(frame.columns(), 17u);
  EXPECT_EQ(frame.names()[1], "saleweekday_cos");
  EXPECT_EQ(frame.names()[16], "salesec_sin");
  for (size_t k = 0; k < 16; ++k) {
    EXPECT_NEAR(frame.column(k + 1).reals()[3], expected[0][k], 1e-14) << frame.names()[k + 1];
    EXPECT_NEAR(frame.column(k + 1).reals()[7], expected[1][k], 1e-14) << frame.names()[k + 1];
    EXPECT_TRUE(frame.column(k + 1).is_null(12));
  }
}

}  // namespace
}  // namespace tenfold
