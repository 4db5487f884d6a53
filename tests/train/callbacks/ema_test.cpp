#include "tenfold/train/callbacks/ema.h"

#include <gtest/gtest.h>

#include <cmath>

#include "../small.h"
#include "tenfold/core/error.h"

namespace tenfold {
namespace {

using Weights = std::map<std::string, at::Tensor>;

/// The weights after every step.
Callback keep(std::vector<Weights>& steps) {
  Callback callback{.name = "keep"};
  callback.on_step = [&steps](StepContext& context) {
    steps.push_back(context.learner.snapshot().model);
    return Next::go_on;
  };
  return callback;
}

TEST(Ema, IsTheAverageByHand) {
  auto learner = small::learner();
  const auto start = learner.snapshot().model;
  std::vector<Weights> steps;
  std::string shown;
  Callback watch{.name = "watch"};
  watch.before_validation = [&](Learner& l) { shown = small::bits(l); };
  learner.fit({.lr = 1e-2, .shape = Constant{.epochs = 2}, .callbacks = {ema({.decay = 0.6}), keep(steps), watch}});
  const auto end = learner.snapshot().model;
  for (const std::string name : {"early.weight", "late_norm.running_var", "head.linear2.weight"}) {
    auto average = start.at(name).to(torch::kDouble);
    for (size_t t = 0; t < steps.size(); ++t) {
      const double decay = std::min(0.6, (1.0 + t) / (10.0 + t));
      average = decay * average + (1 - decay) * steps[t].at(name).to(torch::kDouble);
    }
    EXPECT_TRUE(at::allclose(end.at(name).to(torch::kDouble), average, 1e-5, 1e-6)) << name;
    EXPECT_FALSE(at::allclose(end.at(name), steps.back().at(name), 1e-4, 1e-5)) << name;
  }
  EXPECT_EQ(shown, small::bits(learner)) << "validation sees the average";
}

TEST(Ema, DoesNotTouchTheTraining) {
  std::vector<Weights> with, without;
  auto one = small::learner(), two = small::learner();
  one.fit({.lr = 1e-2, .shape = Constant{.epochs = 2}, .callbacks = {ema({.decay = 0.9}), keep(with)}});
  two.fit({.lr = 1e-2, .shape = Constant{.epochs = 2}, .callbacks = {keep(without)}});
  ASSERT_EQ(with.size(), without.size());
  EXPECT_EQ(nn::hash_of(with.back()), nn::hash_of(without.back()));
}

TEST(Ema, RefusesADecayThatIsNone) {
  for (const double decay : {0.0, 1.0, -1.0, std::nan("")}) EXPECT_THROW(ema({.decay = decay}), ConfigError);
}

}  // namespace
}  // namespace tenfold
