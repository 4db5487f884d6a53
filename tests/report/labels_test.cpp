// Multi-label tasks in a page.

#include "tenfold/report/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/report/well_formed.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;

TEST(LabelTable, HasTheLeastWellFoundFirst) {
  const double none = std::nan("");
  const auto table = label_table(
      {{.name = "never", .precision = none, .recall = none, .f1 = none, .f2 = none},
       {.name = "<good>", .items = 9, .given = 9, .right = 9, .precision = 1, .recall = 1, .f1 = 1, .f2 = 1},
       {.name = "poor",
        .items = 8,
        .given = 4,
        .right = 2,
        .precision = .5,
        .recall = .25,
        .f1 = 1.0 / 3,
        .f2 = .2778}});
  EXPECT_EQ(trouble_in(table), "");
  const auto poor = table.find("poor"), good = table.find("&lt;good&gt;"), never = table.find("never");
  EXPECT_LT(poor, good);
  EXPECT_LT(good, never);
  EXPECT_THAT(table, HasSubstr("poor</th><td class=\"n\">8</td><td class=\"n\">4</td><td class=\"n\">2</td>"));
  EXPECT_THAT(table, HasSubstr("0.2500<span class=\"bar\"><span style=\"width:25%\">"));
  EXPECT_THAT(table.substr(never), HasSubstr("<td class=\"n\">–</td>"));
  EXPECT_EQ(label_table({}), "");
}

TEST(ThresholdChart, MarksTheThresholdUsed) {
  const auto chart = threshold_chart(
      {.threshold = {.25, .5, .75}, .scores = {{"precision", {.2, .5, .9}}, {"F2", {.6, .8, .4}}}, .used = 0.5});
  ASSERT_EQ(chart.curves.size(), 1u);
  EXPECT_EQ(chart.curves[0].x, (std::vector<double>{.25, .5, .75}));
  EXPECT_EQ(chart.curves[0].series.at(1).name, "F2");
  EXPECT_EQ(chart.marks.at(0).x, 0.5);
  EXPECT_EQ(chart.marks.at(0).y, 0.8);
  EXPECT_TRUE(threshold_chart({}).curves.empty());
}

}  // namespace
}  // namespace tenfold::report
