// Parts of dates as columns to learn from.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

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

TEST(DateColumns, AreTakenByRowAndLeaveTheTablesOwnAlone) {
  std::vector<std::string> remarks;
  const Frame frame({{"Date", days({"2000-03-13", "2000-03-13", "", "2016-01-03", "2000-03-13"})},
                     {"Month", Column::integer({7, 7, 7, 7, 8})}});
  const Sources sources(frame, {"Date"}, DateDetail::day, Cycles::all, remarks);
  const std::vector<int64_t> rows = {4, 3, 2, 0};
  const Column week = sources["Week"].take(rows), month = sources["Month"].take(rows);
  EXPECT_EQ(week.integers()[0], 11);
  EXPECT_EQ(week.integers()[1], 53);
  EXPECT_TRUE(week.is_null(2));
  EXPECT_EQ(week.integers()[3], 11);
  EXPECT_EQ(month.integers()[0], 8);
  EXPECT_EQ(sources["Elapsed"].take(rows).integers()[0], 952905600);
  EXPECT_NEAR(sources["weekday_cos"].take(rows).reals()[0], 1, 1e-15);  // a Monday
  EXPECT_TRUE(remarks.empty());
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
  EXPECT_THAT(numbers, testing::IsSupersetOf({"Dayofyear", "weekday_sin", "day_month_cos", "day_year_sin"}));
  EXPECT_THAT(numbers, testing::Not(Contains("Elapsed")));
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
