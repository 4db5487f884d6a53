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

}  // namespace
}  // namespace tenfold::tabular
