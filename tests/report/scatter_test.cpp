// Points in the plane as JSON and as a figure.

#include "tenfold/report/scatter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/report/sample.h"
#include "tests/report/well_formed.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Scatter, SaysInWordsWhatItShows) {
  const auto scatter = sample_embedding(40);
  const auto figure = figure_of(scatter);
  EXPECT_EQ(trouble_in(figure), "");
  EXPECT_THAT(figure, HasSubstr("map: 40 points; " + std::to_string(scatter.ringed.size()) + " predicted wrongly"));
  EXPECT_THAT(figure, HasSubstr("<div class=\"sheet\"><img"));
  auto plain = scatter;
  plain.sheet = {};
  EXPECT_THAT(figure_of(plain), Not(HasSubstr("<img")));
  EXPECT_EQ(figure_of(Scatter{}), "");
}

TEST(Scatter, KeepsGapsAndOrder) {
  Scatter scatter{.id = "s", .x = {1.23456789, std::nan("")}, .y = {2, 3}, .group = {1, 0}, .groups = {"a", "b"}};
  scatter.ringed = {1, 0};
  const Json json = to_json(scatter);
  EXPECT_EQ(json.at("x").at(0), 1.23457);
  EXPECT_TRUE(json.at("x").at(1).is_null());
  EXPECT_EQ(json.at("ringed"), Json({1, 0}));
  EXPECT_EQ(json.at("groups").at(1), "b");
}

}  // namespace
}  // namespace tenfold::report
