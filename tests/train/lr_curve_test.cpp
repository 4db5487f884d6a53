// The vector was computed by fastai 2.8.12 (fastai-semantics, finder): indices 32, 5, argmin and 39 of points 10 to 94.

#include "tenfold/train/lr_curve.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"

namespace tenfold {
namespace {

LrCurve curve(double noise = 0) {
  LrCurve curve;
  curve.steps = 100;
  Draw draw(1, 0, 0, Purpose::other);
  for (int i = 0; i < 100; ++i) {
    curve.lr.push_back(1e-7 * std::pow(1e8, i / 100.0));
    const double x = std::log10(curve.lr.back()), late = std::max(0.0, x + 1);
    curve.loss.push_back(2.3 - 1.5 / (1 + std::exp(-2.5 * (x + 3))) + 1.2 * late * late);
    curve.raw.push_back(curve.loss.back() + noise * draw.normal());
  }
  return curve;
}

TEST(LrCurve, RulesAgreeWithFastai) {
  const auto swept = curve();
  EXPECT_NEAR(swept.valley(), 2.290868e-4, 1e-10);
  EXPECT_NEAR(swept.slide(), 1.584893e-6, 1e-12);
  EXPECT_NEAR(swept.minimum(), 0.01, 1e-9);
  EXPECT_NEAR(swept.steep(), 8.317638e-4, 1e-10);
}

TEST(LrCurve, LooksAtNothingBeyondALossThatIsNoNumber) {
  auto swept = curve();
  for (size_t k = 60; k < 100; ++k) swept.loss[k] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_NEAR(swept.minimum(), swept.lr[59] / 10, 1e-12);
  EXPECT_NEAR(swept.steep(), 8.317638e-4, 1e-10);
  EXPECT_LT(swept.valley(), swept.lr[59]);
}

TEST(LrCurve, ShortCurvesAreReadWhole) {
  LrCurve swept{.lr = {1e-4, 1e-3, 1e-2}, .loss = {3, 2, 9}, .raw = {3, 2, 9}, .steps = 100, .diverged = true};
  EXPECT_DOUBLE_EQ(swept.minimum(), 1e-4);
  EXPECT_DOUBLE_EQ(swept.steep(), 1e-4);
  EXPECT_DOUBLE_EQ(swept.slide(), 1e-4);
  EXPECT_DOUBLE_EQ(swept.valley(), 1e-4);
  EXPECT_THROW(LrCurve{}.valley(), TrainingError);
}

TEST(LrCurve, ALossThatOnlyRisesGivesTheFirstRate) {
  LrCurve swept{.steps = 0};
  for (int i = 0; i < 30; ++i) {
    swept.lr.push_back(1e-5 * (i + 1));
    swept.loss.push_back(i);
    swept.raw.push_back(i);
  }
  EXPECT_DOUBLE_EQ(swept.valley(), 1e-5);
}

TEST(LrCurve, TheErrorBarGrowsWithTheNoise) {
  const auto width = [](double noise) {
    const auto [low, high] = curve(noise).valley_range();
    EXPECT_LE(low, high);
    return std::log(high / low);
  };
  EXPECT_LT(width(0.01), width(0.5));
  EXPECT_EQ(curve(0.1).valley_range(), curve(0.1).valley_range());
}

TEST(LrCurve, JsonHoldsCurveAndSuggestions) {
  const auto json = to_json(curve());
  EXPECT_EQ(json.at("lr").size(), 100u);
  EXPECT_DOUBLE_EQ(json.at("suggestions").at("valley").get<double>(), curve().valley());
  EXPECT_EQ(json.at("range").size(), 2u);
}

}  // namespace
}  // namespace tenfold
