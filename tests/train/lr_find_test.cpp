#include "tenfold/train/lr_find.h"

#include <gtest/gtest.h>

#include <cmath>

#include "small.h"
#include "tenfold/core/error.h"

namespace tenfold {
namespace {

TEST(LrFind, SweepsGeometrically) {
  auto learner = small::learner();
  std::vector<int> seen;
  const auto curve = lr_find(learner, {.start = 1e-6, .end = 1e-2, .steps = 20, .stop_ratio = 1e9},
                             [&](int step) { seen.push_back(step); });
  ASSERT_EQ(curve.lr.size(), 20u);
  EXPECT_EQ(seen.size(), 20u);
  EXPECT_FALSE(curve.diverged);
  for (int i = 0; i < 20; ++i) EXPECT_NEAR(curve.lr[i] / (1e-6 * std::pow(1e4, i / 20.0)), 1, 1e-12);
  double smooth = 0;
  for (int i = 0; i < 20; ++i) {
    smooth = 0.98 * smooth + 0.02 * curve.raw[i];
    EXPECT_NEAR(curve.loss[i], smooth / (1 - std::pow(0.98, i + 1)), 1e-12);
  }
}

TEST(LrFind, LeavesNoTrace) {
  auto learner = small::learner(), untouched = small::learner();
  const Plan plan{.lr = 1e-2, .shape = OneCycle{.epochs = 1}};
  learner.fit(plan);
  untouched.fit(plan);
  const auto before = small::bits(learner);
  const auto first = lr_find(learner, {.steps = 30}), second = lr_find(learner, {.steps = 30});
  EXPECT_EQ(small::bits(learner), before);
  EXPECT_EQ(first.raw, second.raw);
  EXPECT_EQ(learner.record().steps.size(), 6u);
  for (const auto& parameter : learner.model().parameters()) EXPECT_FALSE(parameter.grad().defined());
  learner.fit(plan);
  untouched.fit(plan);
  EXPECT_EQ(small::bits(learner), small::bits(untouched));
}

TEST(LrFind, StopsWhereTheLossExplodes) {
  auto learner = small::learner();
  const auto before = small::bits(learner);
  const auto curve = lr_find(learner, {.start = 1e-4, .end = 1e6, .steps = 100});
  EXPECT_TRUE(curve.diverged);
  EXPECT_LT(curve.lr.size(), 100u);
  for (const double loss : curve.loss) EXPECT_TRUE(std::isfinite(loss));
  EXPECT_EQ(small::bits(learner), before);
}

TEST(LrFind, TrainsOnlyWhatIsNotFrozen) {
  auto learner = small::learner();
  learner.freeze();
  const auto before = small::bits(learner);
  lr_find(learner, {.steps = 10});
  EXPECT_EQ(small::bits(learner), before);
  EXPECT_EQ(learner.frozen(), 2);
}

TEST(LrFind, RefusesWhatCannotWork) {
  auto learner = small::learner();
  EXPECT_THROW(lr_find(learner, {.start = 0}), ConfigError);
  EXPECT_THROW(lr_find(learner, {.start = 1, .end = 0.1}), ConfigError);
  EXPECT_THROW(lr_find(learner, {.steps = 3}), ConfigError);
  EXPECT_THROW(lr_find(learner, {.stop_ratio = 1}), ConfigError);
  {
    const torch::NoGradGuard no_grad;
    learner.model().parameters()[0].fill_(std::nanf(""));
  }
  EXPECT_THROW(lr_find(learner), TrainingError);
}

}  // namespace
}  // namespace tenfold
