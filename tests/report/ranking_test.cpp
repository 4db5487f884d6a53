#include "tenfold/report/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/report/report.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;
using testing::Not;

Ranking sample() {
  return {
      .metric = "accuracy",
      .rows = {{.name = "big & good", .value = 0.97, .error = 0.01, .images_per_second = 5, .seconds = 60, .size = 224},
               {.name = "middling", .value = 0.95, .images_per_second = 40, .seconds = 9, .size = 224},
               {.name = "slow", .value = 0.9, .images_per_second = 20, .seconds = 17, .size = 224},
               {.name = "tiny", .value = 0.8, .images_per_second = 200, .seconds = 3, .size = 224}},
      .left_out = {{"huge", "would take 900 s more"}}};
}

TEST(Ranking, TheFrontierLeavesOutWhatIsSlowerAndWorse) {
  auto ranking = sample();
  EXPECT_EQ(frontier(ranking), (std::vector<size_t>{3, 1, 0}));
  ranking.higher_is_better = false;  // a loss: the fastest has the lowest
  EXPECT_EQ(frontier(ranking), (std::vector<size_t>{3}));
  EXPECT_TRUE(frontier({}).empty());
}

TEST(Ranking, OneNamedPointANetworkOverTime) {
  const auto chart = ranking_chart(sample());
  ASSERT_EQ(chart.curves.size(), 5u);
  EXPECT_EQ(chart.curves[0].x, (std::vector<double>{5, 25, 200}));
  EXPECT_EQ(chart.curves[1].series[0].name, "big & good");
  EXPECT_EQ(chart.curves[1].x, std::vector<double>{200});
  EXPECT_EQ(chart.curves[1].series[0].y, std::vector<double>{0.97});
  EXPECT_TRUE(ranking_chart({}).curves.empty());
}

TEST(Ranking, ThePageShowsWhatThereIs) {
  Page page{.title = "Networks"};
  EXPECT_THAT(html(page), Not(HasSubstr("id=\"ranking\"")));
  page.ranking = sample();
  const std::string text = html(page);
  EXPECT_THAT(text, HasSubstr("id=\"ranking\""));
  EXPECT_THAT(text, HasSubstr("big &amp; good"));
  EXPECT_THAT(text, HasSubstr("huge, would take 900 s more"));
}

}  // namespace
}  // namespace tenfold::report
