// Parts of dates as columns to learn from.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/sources.h"

namespace tenfold::tabular {
namespace {

using testing::Contains;
using testing::HasSubstr;

Column days(const std::vector<std::string>& texts) {
  std::vector<int64_t> out;
  for (const auto& text : texts)
    out.push_back(text.empty() ? null_integer : parse_time(text, DateFormat::iso).value_or(null_integer));
  return Column::time(std::move(out));
}

TEST(DateColumns, AreFastaisInItsOrder) {
  std::vector<std::string> remarks;
  const Frame frame({{"SaleDate", days({"2000-03-13", "1999-12-31", "", "2016-01-03T23:59:58"})}});
  const Frame found = with_date_parts(frame, {"SaleDate"}, true, false, remarks);
  EXPECT_EQ(found.names(),
            (std::vector<std::string>{"SaleDate", "SaleYear", "SaleMonth", "SaleWeek", "SaleDay", "SaleDayofweek",
                                      "SaleDayofyear", "SaleIs_month_end", "SaleIs_month_start", "SaleIs_quarter_end",
                                      "SaleIs_quarter_start", "SaleIs_year_end", "SaleIs_year_start", "SaleHour",
                                      "SaleMinute", "SaleSecond", "SaleElapsed"}));
  const auto row = [&](size_t k) {
    std::vector<double> out;
    for (size_t column = 1; column < found.columns(); ++column) out.push_back(found.column(column).numbers()[k]);
    return out;
  };
  EXPECT_EQ(row(0), (std::vector<double>{2000, 3, 11, 13, 0, 73, 0, 0, 0, 0, 0, 0, 0, 0, 0, 952905600}));
  EXPECT_EQ(row(1), (std::vector<double>{1999, 12, 52, 31, 4, 365, 1, 0, 1, 0, 1, 0, 0, 0, 0, 946598400}));
  EXPECT_EQ(row(3), (std::vector<double>{2016, 1, 53, 3, 6, 3, 0, 0, 0, 0, 0, 0, 23, 59, 58, 1451865598}));
  for (size_t column = 0; column < found.columns(); ++column) EXPECT_TRUE(found.column(column).is_null(2));
}

TEST(DateColumns, AreLearntFromAndReadFromTextLater) {
  std::vector<std::string> texts;
  std::vector<double> y;
  for (int k = 0; k < 60; ++k) {
    texts.push_back(show_time((days_of({.year = 2015}) + k * 6) * seconds_a_day));
    y.push_back(k * 0.5);
  }
  const Frame frame({{"Date", days(texts)}, {"y", Column::real(y)}});
  const auto preprocessor = fit(frame, all_rows(frame), {.target = {"y"}, .ignore = {"Elapsed"}, .cyclic = true});
  std::vector<std::string> categories, numbers;
  for (const auto& one : preprocessor.categories) categories.push_back(one.name);
  for (const auto& one : preprocessor.numbers) numbers.push_back(one.name);
  EXPECT_THAT(categories, testing::IsSupersetOf({"Month", "Week", "Day", "Dayofweek"}));
  EXPECT_EQ(numbers, (std::vector<std::string>{"Dayofyear", "weekday_sin", "weekday_cos", "day_month_sin",
                                               "day_month_cos", "day_year_sin", "day_year_cos"}));
  EXPECT_EQ(preprocessor.numbers[0].source, "Date");
  EXPECT_EQ(preprocessor.plan[0].use, "date");
  const auto wanted = apply(preprocessor, frame, all_rows(frame)).columns;
  const auto found = apply(preprocessor, frame.with("Date", Column::text(texts)), all_rows(frame));
  EXPECT_TRUE(at::equal(found.columns.codes, wanted.codes));
  EXPECT_TRUE(at::equal(found.columns.continuous, wanted.continuous));
  EXPECT_THAT(found.remarks, Contains(HasSubstr("'Date' was dates in training and is text now")));
  texts[7] = "soon";
  try {
    apply(preprocessor, frame.with("Date", Column::text(texts)), all_rows(frame));
    FAIL();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'soon' in 'Date' is no date"));
  }
}

}  // namespace
}  // namespace tenfold::tabular
