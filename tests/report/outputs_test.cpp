// Regression in a page: histogram, scatter, table.

#include "tenfold/report/outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/report/well_formed.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;

TEST(Histogram, CountsEveryValueOnce) {
  std::vector<double> values(101);
  std::iota(values.begin(), values.end(), 0);
  values.push_back(std::nan(""));
  const auto bars = histogram(values);
  // Freedman-Diaconis: 2 · (75 - 25) / 101^(1/3) = 21.5 wide, so 5 bins of 20, and an empty one at both ends.
  EXPECT_EQ(bars.middle, (std::vector<double>{-10, 10, 30, 50, 70, 90, 110}));
  EXPECT_EQ(bars.count, (std::vector<int64_t>{0, 20, 20, 20, 20, 21, 0}));
}

TEST(Histogram, OfEqualValuesAndOfNone) {
  EXPECT_EQ(histogram({3, 3, 3}).count, (std::vector<int64_t>{0, 3, 0}));
  EXPECT_DOUBLE_EQ(histogram({3, 3, 3}).middle.at(1), 3);
  EXPECT_TRUE(histogram({}).middle.empty());
  EXPECT_TRUE(histogram({std::nan("")}).count.empty());
  std::vector<double> mostly(1000, 0.0);  // no spread in the middle, one far away
  mostly.push_back(50);
  const auto bars = histogram(mostly);
  EXPECT_EQ(std::accumulate(bars.count.begin(), bars.count.end(), int64_t{0}), 1001);
}

OutputPlot plot(size_t items) {
  OutputPlot out{.name = "age <years>", .figures = {{"rmse", 2.5}, {"r2", std::nan("")}}};
  for (size_t k = 0; k < items; ++k) {
    out.actual.push_back(static_cast<double>(k));
    out.predicted.push_back(static_cast<double>(k) + (k == 4321 % items ? 100.0 : 0.5));
    out.item.push_back("item " + std::to_string(k));
  }
  return out;
}

TEST(OutputScatter, ThinsManyItemsAndKeepsTheWorst) {
  const auto scatter = output_scatter(plot(10'000), 3);
  EXPECT_EQ(scatter.id, "output 3");
  EXPECT_GE(scatter.x.size(), 2000u);
  EXPECT_LE(scatter.x.size(), 2012u);
  ASSERT_EQ(scatter.ringed.size(), 12u);
  EXPECT_EQ(scatter.name.at(scatter.ringed[0]), "item 4321");
  EXPECT_TRUE(std::is_sorted(scatter.x.begin(), scatter.x.end()));
  EXPECT_EQ(output_scatter(plot(50), 0).x.size(), 50u);
}

TEST(OutputScatter, LeavesOutWhatIsNoNumber) {
  auto broken = plot(5);
  broken.predicted[2] = std::nan("");
  const auto scatter = output_scatter(broken, 0);
  EXPECT_EQ(scatter.x, (std::vector<double>{0, 1, 3, 4}));
  EXPECT_EQ(scatter.ringed.size(), 4u);
}

TEST(OutputTable, ShowsFiguresAndGaps) {
  const auto table = output_table({plot(3)});
  EXPECT_EQ(trouble_in(table), "");
  EXPECT_THAT(table, HasSubstr("age &lt;years&gt;</th><td class=\"n\">2.5000</td><td class=\"n\">–</td>"));
  EXPECT_EQ(output_table({}), "");
}

TEST(ResidualChart, HasItsBarsInView) {
  const auto chart = residual_chart(plot(100), 0);
  ASSERT_EQ(chart.curves.size(), 1u);
  EXPECT_EQ(chart.curves[0].series[0].stroke, Stroke::bars);
  EXPECT_EQ(chart.y_range->first, 0);
  const auto& counts = chart.curves[0].series[0].y;
  EXPECT_GT(chart.y_range->second, *std::max_element(counts.begin(), counts.end()));
}

}  // namespace
}  // namespace tenfold::report
