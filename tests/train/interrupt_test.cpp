// A user's Ctrl-C in a pass over data: it ends at once, nothing is left changed, and a fit can go on.

#include <gtest/gtest.h>

#include <optional>

#include "small.h"
#include "tenfold/train/callbacks/best_model.h"
#include "tenfold/train/callbacks/ema.h"
#include "tenfold/train/lr_find.h"
#include "tenfold/train/precompute.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

const OnItems kAtOnce = [](int64_t, int64_t) { throw Interrupted(); };

TEST(Interrupt, LeavesNoTraceOfAPass) {
  auto learner = small::learner();
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}});
  learner.freeze();
  learner.model().train();
  const auto before = small::bits(learner);
  EXPECT_THROW(predict(learner, Split::valid, kAtOnce), Interrupted);
  EXPECT_THROW(tta(learner, Split::valid, {.views = 2}, kAtOnce), Interrupted);
  EXPECT_THROW(precompute(learner, {}, kAtOnce), Interrupted);
  EXPECT_THROW(lr_find(learner, {},
                       [](int step) {
                         if (step == 3) throw Interrupted();
                       }),
               Interrupted);
  EXPECT_EQ(small::bits(learner), before);
  for (const auto& module : learner.model().modules()) EXPECT_TRUE(module->is_training());
}

TEST(Interrupt, InValidationGoesOnWithTheValidation) {
  // The average must not get into the snapshot in place of the weights.
  const auto plan = [](OnItems validating) {
    return Plan{.lr = 1e-2,
                .shape = OneCycle{.epochs = 3},
                .validating = std::move(validating),
                .callbacks = {ema({.decay = 0.9}), best_model()}};
  };
  auto straight = small::learner();
  straight.fit(plan({}));
  for (int interrupted = 1; interrupted <= 3; ++interrupted) {
    int begun = 0;
    auto broken = plan([&](int64_t done, int64_t) {
      if (done <= 8 && ++begun == interrupted) throw Interrupted();
    });
    std::optional<Learner::Snapshot> taken;
    Callback catcher{.name = "catcher"};
    catcher.on_interrupt = [&](Learner& learner) { taken = learner.snapshot(); };
    broken.callbacks.push_back(catcher);
    auto killed = small::learner();
    EXPECT_THROW(killed.fit(broken), Interrupted);
    ASSERT_TRUE(taken);
    auto resumed = small::learner();
    resumed.restore(*taken);
    resumed.fit(plan({}));
    EXPECT_EQ(small::bits(resumed), small::bits(straight)) << "in validation " << interrupted;
    EXPECT_EQ(resumed.record().epochs.front().epoch, interrupted - 1) << "validates again";
    EXPECT_EQ(resumed.record().epochs.back().valid_loss, straight.record().epochs.back().valid_loss);
  }
}

TEST(Interrupt, ALearnerOutlivesIt) {
  auto learner = small::learner();
  EXPECT_THROW(learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}, .validating = kAtOnce}), Interrupted);
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}});
  EXPECT_EQ(learner.record().epochs.size(), 1u);
}

}  // namespace
}  // namespace tenfold
