#include "tenfold/tabular/alone.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tenfold/core/random.h"

namespace tenfold::tabular {
namespace {

constexpr size_t kRows = 4000;

TEST(Alone, AreaCountsTiesHalf) {
  EXPECT_DOUBLE_EQ(auc_of(std::vector<double>{0.1, 0.4, 0.35, 0.8}, {0, 0, 1, 1}), 0.75);  // scikit-learn's example
  EXPECT_DOUBLE_EQ(auc_of(std::vector<double>{1, 1, 1, 1}, {0, 1, 0, 1}), 0.5);
  EXPECT_TRUE(std::isnan(auc_of(std::vector<double>{1, 2}, {1, 1})));
}

TEST(Alone, AColumnThatIsTheTargetTellsAllOfIt) {
  std::vector<double> values, classes;
  for (size_t k = 0; k < kRows; ++k) {
    values.push_back(std::fmod(static_cast<double>(k) * 0.618034, 1) * 100 - 50);
    classes.push_back(std::abs(values.back()) > 20);  // not monotone
  }
  const auto column = in_bins("x", values);
  EXPECT_GT(alone_r2(column, values), 0.998);
  EXPECT_GT(alone_auc(column, classes), 0.99);
}

TEST(Alone, NoiseTellsNothingHoweverManyLevelsItHas) {
  Draw draw(1, 0, 0, Purpose::other);
  Levelled noise{.name = "id", .code = {}, .levels = static_cast<int32_t>(kRows)};
  std::vector<double> target;
  for (size_t k = 0; k < kRows; ++k) {
    noise.code.push_back(static_cast<int32_t>(k));
    target.push_back(draw.chance(0.3));
  }
  EXPECT_NEAR(alone_auc(noise, target), 0.5, 0.03);
  EXPECT_LT(alone_r2(noise, target), 0.01);
}

TEST(Alone, BinsKeepFrequentValuesApartAndTellMissingOnes) {
  std::vector<double> values(900, 0.0);
  for (int k = 0; k < 100; ++k) values.push_back(k - 50.5);
  values.push_back(std::nan(""));
  values.push_back(INFINITY);
  const auto column = in_bins("x", values, 16);
  std::set<int32_t> of_zero(column.code.begin(), column.code.begin() + 900);
  ASSERT_EQ(of_zero.size(), 1u);
  for (size_t k = 900; k < 1000; ++k) EXPECT_FALSE(of_zero.contains(column.code[k])) << values[k];
  EXPECT_EQ(column.code[1000], 0);
  EXPECT_EQ(column.code[1001], 0);
  for (const int32_t code : column.code) EXPECT_LT(code, column.levels);
}

TEST(Alone, WithinCorrelationIsThatOfTheAnalysisOfVariance) {
  // Three groups of three, balanced: MSB = 9, MSW = 1, so (9 - 1) / (9 + 2·1).
  const Levelled groups{.name = "g", .code = {0, 0, 0, 1, 1, 1, 2, 2, 2}, .levels = 3};
  const double far = std::sqrt(3.0);
  const std::vector<double> target = {-far - 1, -far, -far + 1, -1, 0, 1, far - 1, far, far + 1};
  EXPECT_NEAR(within_correlation(groups, target), 8.0 / 11, 1e-12);
  EXPECT_TRUE(std::isnan(within_correlation({.name = "one", .code = {0, 0}, .levels = 1}, {1, 2})));
}

TEST(Alone, NeighboursOfAmountsAreAlikeAndThoseOfNamesAreNot) {
  Draw draw(2, 0, 0, Purpose::other);
  Levelled age{.name = "age", .code = {}, .levels = 61}, shop{.name = "shop", .code = {}, .levels = 61};
  std::vector<double> level, by_age, by_shop;
  for (int k = 0; k < 61; ++k) level.push_back(draw.normal());
  for (size_t k = 0; k < kRows; ++k) {
    age.code.push_back(1 + static_cast<int32_t>(draw.below(60)));
    shop.code.push_back(1 + static_cast<int32_t>(draw.below(60)));
    by_age.push_back(std::pow(age.code.back() - 30, 2) / 300 + draw.normal());
    by_shop.push_back(level[static_cast<size_t>(shop.code.back())] + draw.normal());
  }
  EXPECT_LT(neighbours_differ(age, by_age), 0.1);
  EXPECT_NEAR(neighbours_differ(shop, by_shop), 1, 0.35);
  EXPECT_NEAR(neighbours_differ(age, by_shop), 1, 0.35);  // chance alone
  // Means 1, 2, 4 of two rows each: (1 + 4) / 2 pairs against (16 + 1 + 25) / 9 · 2 / 2.
  const Levelled three{.name = "t", .code = {1, 1, 2, 2, 3, 3}, .levels = 4};
  EXPECT_NEAR(neighbours_differ(three, {1, 1, 2, 2, 4, 4}), 2.5 / (42.0 / 9), 1e-12);
}

}  // namespace
}  // namespace tenfold::tabular
