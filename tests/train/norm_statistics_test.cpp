#include "tenfold/train/norm_statistics.h"

#include <gtest/gtest.h>

#include "small.h"
#include "tenfold/train/batches.h"

namespace tenfold {
namespace {

/// A learner whose first convolution no longer fits the statistics after it.
Learner disturbed() {
  auto learner = small::learner();
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}});
  const torch::NoGradGuard no_grad;
  learner.model().named_parameters()["early.weight"].mul_(3);
  return learner;
}

TEST(NormStatistics, AreTheMeanOverBatchesByHand) {
  auto learner = disturbed();
  const auto early = std::dynamic_pointer_cast<nn::Conv2dImpl>(learner.model().named_children()["early"]);
  Batches batches(learner, learner.data().train, Batches::View::train);
  batches.start(epoch_key(learner.stage(), kStatisticsEpoch));
  auto mean = torch::zeros({8}, torch::kDouble), var = torch::zeros({8}, torch::kDouble);
  while (auto batch = batches.next()) {
    const torch::NoGradGuard no_grad;
    const auto y = early->forward(batch->x.at(0)).to(torch::kDouble).permute({1, 0, 2, 3}).reshape({8, -1});
    mean += y.mean(1) / batches.count();
    var += y.var(1, /*unbiased=*/true) / batches.count();
  }
  measure_norms(learner);
  const auto state = learner.snapshot().model;
  EXPECT_TRUE(at::allclose(state.at("early_norm.running_mean").to(torch::kDouble), mean, 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(state.at("early_norm.running_var").to(torch::kDouble), var, 1e-4, 1e-5));
  EXPECT_EQ(state.at("early_norm.num_batches_tracked").item<int64_t>(), batches.count());
}

TEST(NormStatistics, AreTheSameTwiceAndTouchNothingElse) {
  auto one = disturbed(), two = disturbed();
  const auto before = one.snapshot().model;
  one.model().eval();
  measure_norms(one);
  EXPECT_FALSE(one.model().is_training());
  measure_norms(two);
  measure_norms(two);
  EXPECT_EQ(small::bits(one), small::bits(two));
  for (const auto& [name, tensor] : one.snapshot().model) {
    const bool statistic = name.find("running_") != std::string::npos || name.find("tracked") != std::string::npos;
    EXPECT_TRUE(statistic || at::equal(tensor, before.at(name))) << name;
  }
}

TEST(NormStatistics, OfFrozenGroupsStay) {
  auto learner = disturbed();
  learner.freeze_to(1);
  const auto before = learner.snapshot().model;
  measure_norms(learner);
  const auto after = learner.snapshot().model;
  EXPECT_TRUE(at::equal(after.at("early_norm.running_mean"), before.at("early_norm.running_mean")));
  EXPECT_FALSE(at::equal(after.at("late_norm.running_mean"), before.at("late_norm.running_mean")));
}

TEST(NormStatistics, AreThoseOfBeforeAfterAnInterruption) {
  auto learner = disturbed();
  const auto before = small::bits(learner);
  EXPECT_THROW(measure_norms(learner,
                             [](int64_t done, int64_t) {
                               if (done > 20) throw Interrupted();
                             }),
               Interrupted);
  EXPECT_EQ(small::bits(learner), before);
}

}  // namespace
}  // namespace tenfold
