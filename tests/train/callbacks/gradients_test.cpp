// Callbacks that look at gradients: clip and nan_watch.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "../small.h"
#include "tenfold/core/error.h"
#include "tenfold/train/callbacks/clip.h"
#include "tenfold/train/callbacks/nan_watch.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

/// Sums of squares of all gradients after the callbacks before it, one a step.
Callback norms(const std::string& name, std::vector<double>& seen) {
  Callback callback{.name = name};
  callback.on_backward = [&seen](StepContext& context) {
    double sum = 0;
    for (const auto& parameter : context.learner.model().parameters())
      if (parameter.grad().defined()) sum += parameter.grad().to(torch::kDouble).square().sum().item<double>();
    seen.push_back(std::sqrt(sum));
    return Next::go_on;
  };
  return callback;
}

/// Multiplies one gradient in step `step`.
Callback spoil(int64_t step, double factor) {
  Callback callback{.name = "spoil"};
  callback.on_backward = [=](StepContext& context) {
    if (context.row.step == step) context.learner.model().named_parameters()["late.weight"].mutable_grad().mul_(factor);
    return Next::go_on;
  };
  return callback;
}

TEST(Clip, ScalesTheGlobalNorm) {
  std::vector<double> before, after;
  auto learner = small::learner();
  learner.fit({.lr = 1e-3,
               .shape = Constant{.epochs = 1},
               .callbacks = {norms("before", before), clip({.norm = 0.5}), norms("after", after)}});
  ASSERT_EQ(after.size(), 6u);
  bool clipped = false;
  for (size_t k = 0; k < after.size(); ++k) {
    EXPECT_NEAR(after[k], std::min(before[k], 0.5), 1e-5);
    clipped = clipped || before[k] > 0.5;
  }
  EXPECT_TRUE(clipped);
}

TEST(Clip, LeavesSmallGradientsAlone) {
  auto one = small::learner(), two = small::learner();
  one.fit({.lr = 1e-3, .shape = Constant{.epochs = 1}, .callbacks = {clip({.norm = 1e6})}});
  two.fit({.lr = 1e-3, .shape = Constant{.epochs = 1}});
  EXPECT_EQ(small::bits(one), small::bits(two));
  EXPECT_THROW(clip({.norm = 0}), ConfigError);
}

TEST(NanWatch, NamesTheGradient) {
  auto learner = small::learner();
  try {
    learner.fit({.lr = 1e-3, .shape = Constant{.epochs = 1}, .callbacks = {spoil(2, std::nan("")), nan_watch()}});
    FAIL();
  } catch (const TrainingError& error) {
    EXPECT_EQ(error.step, 2);
    EXPECT_THAT(error.what(), HasSubstr("late.weight"));
  }
}

TEST(NanWatch, MayEndTheFitWithSoundWeights) {
  auto learner = small::learner(), reference = small::learner();
  learner.fit({.lr = 1e-3,
               .shape = Constant{.epochs = 1},
               .callbacks = {spoil(2, std::numeric_limits<double>::infinity()), nan_watch({.then = OnTrouble::stop})}});
  Callback two_steps{.name = "two"};
  two_steps.on_step = [](StepContext& context) { return context.row.step == 1 ? Next::stop : Next::go_on; };
  reference.fit({.lr = 1e-3, .shape = Constant{.epochs = 1}, .callbacks = {two_steps}});
  // The third forward pass has moved the norms' statistics, the weights have not moved.
  const auto a = learner.snapshot().model, b = reference.snapshot().model;
  for (const auto& item : learner.model().named_parameters())
    EXPECT_TRUE(at::equal(a.at(item.key()), b.at(item.key()))) << item.key();
}

TEST(NanWatch, AFitThatFailedLeavesNoGradientsBehind) {
  const Plan plan{.lr = 1e-3, .shape = Constant{.epochs = 1}};
  auto failed = small::learner(), fresh = small::learner();
  const auto start = failed.snapshot();
  auto spoilt = plan;
  spoilt.callbacks = {spoil(0, std::nan("")), nan_watch()};
  EXPECT_THROW(failed.fit(spoilt), TrainingError);
  failed.restore(start);
  failed.fit(plan);
  fresh.fit(plan);
  EXPECT_EQ(small::bits(failed), small::bits(fresh));
}

TEST(NanWatch, SeesALossThatJumps) {
  auto learner = small::learner();
  Callback jump{.name = "jump"};
  jump.loss = [](StepContext& context, const at::Tensor& logits) {
    return logits.sum() * 0 + (context.step == 25 ? 50.0 : 1.0);
  };
  try {
    learner.fit({.lr = 1e-3, .shape = Constant{.epochs = 6}, .callbacks = {jump, nan_watch({.spike = 10})}});
    FAIL();
  } catch (const TrainingError& error) {
    EXPECT_EQ(error.step, 25);
    EXPECT_THAT(error.what(), HasSubstr("jumped"));
  }
  EXPECT_THROW(nan_watch({.spike = 0.5}), ConfigError);
}

}  // namespace
}  // namespace tenfold
