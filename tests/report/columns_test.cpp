// Models of tables in a page.

#include "tenfold/report/columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/report/report.h"
#include "tests/report/well_formed.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ImportanceTable, HasTheMostImportantFirstAndNoBarForHarm) {
  const auto table = importance_table(
      {.metric = "auc", .base = 0.9, .rows = {{"harmful", -0.01, 0.001}, {"<hour>", 0.2, 0.002}, {"day", 0.05, 0}}});
  EXPECT_EQ(trouble_in(table), "");
  EXPECT_THAT(table, HasSubstr("auc lost"));
  const auto hour = table.find("&lt;hour&gt;"), day = table.find(">day<"), harmful = table.find("harmful");
  EXPECT_LT(hour, day);
  EXPECT_LT(day, harmful);
  EXPECT_THAT(table.substr(hour, day - hour), HasSubstr("width:100%"));
  EXPECT_THAT(table.substr(day, harmful - day), HasSubstr("width:25%"));
  EXPECT_THAT(table.substr(harmful), HasSubstr("width:0%"));
  EXPECT_EQ(importance_table({}), "");
}

TEST(ComparisonTable, HasARowAModelAndAColumnAMetric) {
  const auto table =
      comparison_table({.metrics = {"loss", "rmspe"},
                        .rows = {{"valid: <network>", {0.5, 0.1129}}, {"valid: blend", {0.25, std::nan("")}}},
                        .note = ""});
  EXPECT_EQ(trouble_in(table), "");
  EXPECT_THAT(table, HasSubstr("rmspe"));
  EXPECT_THAT(table, HasSubstr("valid: &lt;network&gt;"));
  EXPECT_LT(table.find("0.1129"), table.find("valid: blend"));
  EXPECT_EQ(comparison_table({}), "");
}

TEST(Dependence, DrawsNumbersAndListsLevels) {
  const DependencePlot number{.column = "age", .output = "risk", .x = {10, 20}, .mean = {0.1, 0.3}};
  const auto chart = dependence_chart(number, 2);
  EXPECT_EQ(chart.id, "dependence 2");
  EXPECT_EQ(chart.curves.at(0).x, number.x);
  EXPECT_EQ(chart.curves.at(0).series.at(0).y, number.mean);
  EXPECT_EQ(dependence_table(number), "");

  DependencePlot levels{.column = "carrier", .level = {"AA", "<b>"}, .mean = {0.2, 0.4}, .items = {7, 5}};
  const auto table = dependence_table(levels);
  EXPECT_EQ(trouble_in(table), "");
  EXPECT_THAT(table, HasSubstr("width:50%"));
  EXPECT_THAT(table, HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(table, Not(HasSubstr("levels.")));
  EXPECT_TRUE(dependence_chart(levels, 0).curves.empty());
  levels.level.assign(100, "x");
  levels.mean.assign(100, -1);
  EXPECT_THAT(dependence_table(levels), HasSubstr("30 of 100 levels."));
}

TEST(CalibrationChart, HasTheDiagonalAndTheShares) {
  const auto chart = calibration_chart(
      {.what = "probability of yes", .probability = {0.1, 0.9}, .observed = {0.2, 0.7}, .error = 0.15});
  ASSERT_EQ(chart.curves.size(), 2u);
  EXPECT_EQ(chart.curves[0].series[0].y, (std::vector<double>{0, 1}));
  EXPECT_EQ(chart.curves[1].series[0].y, (std::vector<double>{0.2, 0.7}));
  EXPECT_THAT(chart.title, HasSubstr("0.1500"));
  EXPECT_TRUE(calibration_chart({}).curves.empty());
}

TEST(LeakTable, SaysWhatToDo) {
  const auto table = leak_table({{"dep_delay", "gives the target away", "AUC 0.99", "leave it out & look"}});
  EXPECT_EQ(trouble_in(table), "");
  EXPECT_THAT(table, HasSubstr("leave it out &amp; look"));
  EXPECT_EQ(leak_table({}), "");
}

TEST(Report, ShowsWhatATableModelSaysOfItsColumns) {
  Page page;
  page.importance = {.metric = "auc", .base = 0.9, .rows = {{"hour", 0.2, 0.002}}};
  page.dependence = {{.column = "hour", .x = {1, 2}, .mean = {0.1, 0.2}},
                     {.column = "carrier", .level = {"AA"}, .mean = {0.2}, .items = {3}}};
  page.calibration = {.probability = {0.5}, .observed = {0.4}, .items = {9}};
  page.time_errors = {{.output = "sales", .x_label = "days", .x = {0, 7}, .bias = {0.1, -0.1}, .rmse = {1, 2}}};
  page.leaks = {{"dep_delay", "gives the target away", "AUC 0.99", "leave it out"}};
  page.levels = {
      {.id = "levels day", .title = "day of week", .x = {0, 1}, .y = {1, 0}, .group = {0, 0}, .groups = {"day"}}};
  const std::string text = html(page);
  EXPECT_EQ(trouble_in(text), "");
  for (const char* part : {"Importance", "id=\"dependence\"", "dependence 0", "Calibration", "errors by time 0",
                           "id=\"leaks\"", "levels day"})
    EXPECT_THAT(text, HasSubstr(part));
}

}  // namespace
}  // namespace tenfold::report
