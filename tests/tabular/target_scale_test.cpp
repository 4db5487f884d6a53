// Box-Cox numbers by tools/reference_preprocess.py, from SciPy.

#include "tenfold/tabular/target_scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

const std::vector<double> kAmounts = {1, 1.5, 2, 3, 3.5, 5, 8, 13, 30, 90};

TEST(TargetScale, BoxCoxFindsSciPysPower) {
  EXPECT_NEAR(box_cox_lambda(kAmounts), -0.2708685755087514, 2e-6);
  const auto scale = fit_target(TargetTransform::box_cox, kAmounts, "y");
  const std::vector<double> wanted = {
      -1.6171686277577964,  -1.1241263809869582, -0.8057320796231294, -0.39708860561342335, -0.25313115792440516,
      0.057791741531296265, 0.4242139567270374,  0.7567929799445224,  1.2364219021374816,   1.722026271565375};
  for (size_t k = 0; k < wanted.size(); ++k) EXPECT_NEAR(forward(scale, kAmounts[k]), wanted[k], 1e-5);
}

TEST(TargetScale, GoesThereAndBack) {
  for (const auto transform : {TargetTransform::none, TargetTransform::log, TargetTransform::log1p,
                               TargetTransform::box_cox, TargetTransform::standardise}) {
    const auto scale = fit_target(transform, kAmounts, "y");
    for (const double value : kAmounts)
      EXPECT_NEAR(inverse(scale, forward(scale, value)), value, 1e-9 * value) << name_of(transform);
  }
  EXPECT_DOUBLE_EQ(forward(fit_target(TargetTransform::log1p, {0, 1}, "y"), std::exp(1) - 1), 1);
}

TEST(TargetScale, StandardisedValuesHaveMean0AndDeviation1) {
  const auto scale = fit_target(TargetTransform::standardise, kAmounts, "y");
  double sum = 0, squares = 0;
  for (const double value : kAmounts) {
    sum += forward(scale, value);
    squares += forward(scale, value) * forward(scale, value);
  }
  EXPECT_NEAR(sum, 0, 1e-12);
  EXPECT_NEAR(squares, 10, 1e-12);
  EXPECT_EQ(forward(fit_target(TargetTransform::standardise, {5, 5}, "y"), 6), 1);  // nothing to divide by
}

TEST(TargetScale, WhereAPowerHasNoInverseItTakesTheEndOfTheData) {
  const auto scale = fit_target(TargetTransform::box_cox, kAmounts, "y");  // a power below 0 ends at 1/0.27
  EXPECT_EQ(inverse(scale, 1e6), 90);
}

TEST(TargetScale, RefusesWhatHasNoLogarithm) {
  EXPECT_THROW(fit_target(TargetTransform::log, {0, 1}, "y"), ConfigError);
  EXPECT_THROW(fit_target(TargetTransform::box_cox, {-1, 1}, "y"), ConfigError);
  EXPECT_THROW(fit_target(TargetTransform::log1p, {-1, 1}, "y"), ConfigError);
  EXPECT_NO_THROW(fit_target(TargetTransform::log1p, {0, 1}, "y"));
}

}  // namespace
}  // namespace tenfold::tabular
