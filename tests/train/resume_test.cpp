// A fit that is cut off after any step, restored into a new learner and gone on with, ends with the bits of one that
// was not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "small.h"
#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/train/callbacks/best_model.h"
#include "tenfold/train/callbacks/checkpoints.h"
#include "tenfold/train/callbacks/clip.h"
#include "tenfold/train/callbacks/early_stop.h"
#include "tenfold/train/callbacks/ema.h"
#include "tenfold/train/callbacks/mixup.h"
#include "tenfold/train/checkpoint.h"

namespace tenfold {
namespace {

using small::bits;

/// Everything that keeps state: moments, averages, the best epoch's weights, the patience.
Plan everything() {
  return {.lr = {1e-3, 5e-3, 1e-2},
          .shape = OneCycle{.epochs = 3},
          .accumulate = 2,
          .callbacks = {mixup({.alpha = 0.3}), clip({.norm = 1}), ema({.decay = 0.9}), early_stop({.patience = 3}),
                        best_model()}};
}

/// Takes a snapshot after step `step` of the run and stops there.
Callback cut(int64_t step, std::optional<Learner::Snapshot>& taken) {
  Callback callback{.name = "cut"};
  callback.on_step = [step, &taken](StepContext& context) {
    if (context.row.step != step) return Next::go_on;
    taken = context.learner.snapshot();
    return Next::stop;
  };
  return callback;
}

TEST(Resume, EndsWithTheSameBitsAfterAnyStep) {
  auto straight = small::learner();
  straight.fit(everything());
  ASSERT_EQ(straight.record().steps.size(), 9u);  // 3 epochs of 6 batches, 2 a step
  const auto expected = bits(straight);
  for (int64_t step = 0; step < 9; ++step) {
    auto killed = small::learner();
    std::optional<Learner::Snapshot> taken;
    auto plan = everything();
    plan.callbacks.push_back(cut(step, taken));
    killed.fit(plan);
    ASSERT_TRUE(taken);
    auto resumed = small::learner(small::options(), small::data(), /*seed=*/2);  // other weights, until restored
    resumed.restore(*taken);
    resumed.fit(everything());
    EXPECT_EQ(bits(resumed), expected) << "cut after step " << step;
    EXPECT_EQ(resumed.stage(), 1);
    const auto& last = resumed.record();
    ASSERT_FALSE(last.epochs.empty());
    EXPECT_EQ(last.epochs.back().train_loss, straight.record().epochs.back().train_loss);
    EXPECT_EQ(last.epochs.back().valid_loss, straight.record().epochs.back().valid_loss);
    EXPECT_EQ(last.steps.size() + static_cast<size_t>(step) + 1, 9u);
  }
}

TEST(Resume, GoesOnInALaterStage) {
  const Plan head{.lr = 1e-2, .shape = Cosine{.epochs = 1}, .freeze_to = -1};
  const Plan all{.lr = 1e-3, .shape = Cosine{.epochs = 1}, .freeze_to = 0};
  auto straight = small::learner();
  straight.fit(head);
  straight.fit(all);
  auto killed = small::learner();
  killed.fit(head);
  std::optional<Learner::Snapshot> taken;
  auto part = all;
  part.callbacks.push_back(cut(6 + 2, taken));
  killed.fit(part);
  auto resumed = small::learner();
  resumed.restore(*taken);
  EXPECT_EQ(resumed.stage(), 1);
  resumed.fit(all);
  EXPECT_EQ(bits(resumed), bits(straight));
}

TEST(Resume, FromBetweenTwoStages) {
  const Plan head{.lr = 1e-2, .shape = Cosine{.epochs = 1}, .freeze_to = -1};
  const Plan all{.lr = 1e-3, .shape = Cosine{.epochs = 1}, .freeze_to = 0};
  auto straight = small::learner();
  straight.fit(head);
  const auto between = straight.snapshot();
  straight.fit(all);
  EXPECT_FALSE(between.in_fit);
  auto resumed = small::learner();
  resumed.restore(between);
  EXPECT_EQ(resumed.frozen(), 2);
  resumed.fit(all);
  EXPECT_EQ(bits(resumed), bits(straight));
}

/// Writes a checkpoint at the end of every epoch, as a run does; the last one written stays, as after a kill.
Callback each_epoch(const std::filesystem::path& path) {
  Callback callback{.name = "each epoch"};
  callback.on_epoch = [path](Learner& learner, EpochRow&) {
    save_checkpoint(path, learner, Json::object());
    return Next::go_on;
  };
  return callback;
}

TEST(Resume, AFitThatWasOverWhenItWasKilledTrainsNoFurther) {
  // Stops after the second of five epochs; killed between the checkpoint of that epoch and the end of the fit.
  Callback enough{.name = "enough"};
  enough.on_epoch = [](Learner&, EpochRow& row) { return row.epoch == 1 ? Next::stop : Next::go_on; };
  Callback level{.name = "level"};
  level.on_epoch = [](Learner&, EpochRow& row) {
    row.metrics["accuracy"] = 0.5;
    return Next::go_on;
  };
  const std::vector<std::vector<Callback>> enders = {{enough}, {level, early_stop({.patience = 1})}};
  for (const auto& ender : enders) {
    const small::Scratch scratch;
    const auto path = scratch.path / "checkpoint.safetensors";
    Plan plan{.lr = 1e-2, .shape = Cosine{.epochs = 5}, .callbacks = ender};
    plan.callbacks.push_back(ema({.decay = 0.9}));
    plan.callbacks.push_back(each_epoch(path));
    auto straight = small::learner();
    straight.fit(plan);
    ASSERT_EQ(straight.record().epochs.size(), 2u);
    auto resumed = small::learner();
    resumed.restore(load_checkpoint(path).snapshot);
    resumed.fit(plan);
    EXPECT_TRUE(resumed.record().steps.empty());
    EXPECT_EQ(bits(resumed), bits(straight));
    EXPECT_EQ(resumed.stage(), 1);
    resumed.fit(plan);  // the next fit is a new one
    EXPECT_EQ(resumed.record().epochs.size(), 2u);
  }
}

TEST(Resume, ThroughAFileThatEveryStepReplaces) {
  const small::Scratch scratch;
  const auto path = scratch.path / "checkpoint.safetensors";
  auto straight = small::learner();
  straight.fit(everything());
  auto learner = small::learner();
  for (int part = 0; part < 9; ++part) {  // one step at a time, each in a learner of its own
    auto plan = everything();
    plan.callbacks.push_back(checkpoints(
        {.path = path, .extra = [part] { return Json{{"part", part}}; }, .interrupted = [] { return true; }}));
    learner.fit(plan);
    const auto checkpoint = load_checkpoint(path);
    EXPECT_EQ(checkpoint.extra.at("part"), part);
    EXPECT_TRUE(checkpoint.snapshot.in_fit);
    learner = small::learner(small::options(), small::data(), 2);
    learner.restore(checkpoint.snapshot);
  }
  learner.fit(everything());
  EXPECT_EQ(bits(learner), bits(straight));
}

TEST(Resume, ARestoredLearnerGivesTheSnapshotThatItWasGiven) {
  auto killed = small::learner();
  std::optional<Learner::Snapshot> taken;
  auto plan = everything();
  plan.callbacks.push_back(cut(4, taken));
  killed.fit(plan);
  auto restored = small::learner();
  restored.restore(*taken);
  const auto again = restored.snapshot();
  EXPECT_TRUE(again.in_fit);
  EXPECT_EQ(again.position.step, 5);
  EXPECT_EQ(again.position.batch, 4);
  EXPECT_EQ(again.position.epoch, 1);
  EXPECT_EQ(nn::hash_of(again.optimizer), nn::hash_of(taken->optimizer));
  EXPECT_EQ(nn::hash_of(again.callbacks.at("ema")), nn::hash_of(taken->callbacks.at("ema")));
}

TEST(Resume, RefusesAnotherNetworksSnapshot) {
  auto learner = small::learner();
  auto snapshot = learner.snapshot();
  snapshot.model["late.weight"] = torch::zeros({16, 8, 5, 5});
  EXPECT_THROW(learner.restore(snapshot), WeightsError);
  snapshot.model.erase("late.weight");
  try {
    learner.restore(snapshot);
    FAIL();
  } catch (const WeightsError& error) {
    EXPECT_EQ(error.name, "late.weight");
  }
}

TEST(Checkpoint, RefusesWhatIsNone) {
  const small::Scratch scratch;
  const auto path = scratch.path / "weights.safetensors";
  nn::write_safetensors(path, {{"w", torch::ones({2})}});
  EXPECT_THROW(load_checkpoint(path), WeightsError);
  auto learner = small::learner();
  save_checkpoint(path, learner, Json::object());
  const auto whole = read_file(path);
  write_file(path, whole.substr(0, whole.size() - 100));
  EXPECT_THROW(load_checkpoint(path), WeightsError);
  write_file(path, whole);
  EXPECT_EQ(nn::hash_of(load_checkpoint(path).snapshot.model), bits(learner));
}

TEST(Checkpoint, KeepsABystander) {
  const small::Scratch scratch;
  const auto path = scratch.path / "checkpoint.safetensors";
  auto learner = small::learner(), other = small::learner(small::options(), small::data(), 3);
  save_checkpoint(path, learner, {{"stage", 2}}, &other.model());
  const auto checkpoint = load_checkpoint(path);
  EXPECT_EQ(nn::hash_of(checkpoint.bystander), bits(other));
  EXPECT_EQ(checkpoint.extra.at("stage"), 2);
}

}  // namespace
}  // namespace tenfold
