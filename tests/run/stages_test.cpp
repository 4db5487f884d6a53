// What stages ask for beside a schedule: sizes, batches, augmentation, ensembles; and what cannot work, said before
// anything is trained.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/run/run.h"
#include "tenfold/train/callbacks/snapshots.h"

namespace tenfold {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Stages : public testing::Test {
 protected:
  void SetUp() override {
    make_stripes(scratch_.path / "data", 24, 48, 1);
    recipe_ = stripes_recipe(scratch_.path / "data");
  }
  RunOptions options(const std::string& name) const {
    return {.folder = scratch_.path / name, .checkpoint_steps = 3, .cache = scratch_.path / "cache"};
  }
  /// What a run says that cannot work; it must say so before the first step.
  std::string problem() {
    Watch watch;
    watch.step = [](const StepRow&, int64_t, int64_t) { ADD_FAILURE() << "trained before it looked"; };
    try {
      run(recipe_, options("refused"), watch);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  }
  Scratch scratch_;
  Recipe recipe_;
};

TEST_F(Stages, SizeBatchAndAugmentationFollowTheStage) {
  recipe_.stage = {{.train = "all", .lr = Rates(1e-3), .shape = Cosine{.epochs = 1}},
                   {.train = "all",
                    .lr = Rates(1e-3),
                    .shape = Cosine{.epochs = 1},
                    .size = 48,
                    .batch = 4,
                    .augment = vision::Augment::none},
                   {.train = "all", .lr = Rates(1e-3), .shape = Cosine{.epochs = 1}}};
  ASSERT_EQ(run(recipe_, options("run"), {}).outcome, Outcome::done);
  const auto log = read_log(read_file(scratch_.path / "run/log.jsonl"), "log");
  ASSERT_EQ(log.stages.size(), 3u);
  EXPECT_EQ(log.stages[0].plan.at("size"), 32);
  EXPECT_EQ(log.stages[0].plan.at("batch"), 8);
  EXPECT_EQ(log.stages[0].plan.at("steps"), 4);  // 36 items in batches of 8, the short one dropped
  for (const size_t later : {1u, 2u}) {
    EXPECT_EQ(log.stages[later].plan.at("size"), 48);
    EXPECT_EQ(log.stages[later].plan.at("batch"), 4);
    EXPECT_EQ(log.stages[later].plan.at("steps"), 9);
  }
  EXPECT_EQ(log.steps.size(), 4u + 9 + 9);
  EXPECT_EQ(data_of_stage(recipe_, 2).augment, vision::Augment::none);
}

TEST_F(Stages, AnEnsembleOfSnapshotsIsEvaluatedBesideTheModel) {
  recipe_.stage = {
      {.train = "all", .lr = Rates(2e-3), .shape = Sgdr{.cycles = 3, .cycle_len = 1, .cycle_mult = 1}, .snapshots = 2}};
  const auto straight = run(recipe_, options("straight"), {});
  ASSERT_EQ(straight.outcome, Outcome::done);
  const auto files = snapshot_files(scratch_.path / "straight");
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(nn::hash_of(nn::read_tensors(files.back()).tensors),
            nn::hash_of(nn::read_tensors(scratch_.path / "straight/model.safetensors").tensors));
  const auto& both = straight.summary.at("snapshots");
  EXPECT_EQ(both.at("models"), 2);
  EXPECT_TRUE(both.contains("accuracy"));
  EXPECT_NE(both.at("loss"), straight.summary.at("valid").at("loss"));

  int64_t steps = 0;
  Watch watch;
  watch.step = [&](const StepRow&, int64_t, int64_t) { ++steps; };
  watch.interrupted = [&] { return steps == 6; };
  ASSERT_EQ(run(recipe_, options("parts"), watch).outcome, Outcome::interrupted);
  ASSERT_EQ(resume(options("parts"), {}).outcome, Outcome::done);
  EXPECT_EQ(read_file(scratch_.path / "parts/predictions.csv"), read_file(scratch_.path / "straight/predictions.csv"));
}

TEST_F(Stages, FreezingMoreGroupsThanThereAreIsExplained) {
  recipe_.stage.push_back({.train = "7", .lr = Rates(1e-3), .shape = Cosine{.epochs = 1}});
  EXPECT_THAT(problem(), AllOf(HasSubstr("stage.2.train: freezes 7 layer groups, but the network has "),
                               HasSubstr("layer groups (0 "), HasSubstr(" head); at least the last must train")));
  recipe_.stage.back().train = "99999999999999999999999";
  EXPECT_THAT(problem(), HasSubstr("stage.2.train: freezes 99999999999999999999999 layer groups"));
}

TEST_F(Stages, RatesThatFitNoGroupsAreExplained) {
  recipe_.stage.push_back({.train = "all", .lr = {1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3, 1e-3}});
  EXPECT_THAT(problem(),
              AllOf(HasSubstr("stage.2.lr: has 7 values for "), HasSubstr("needs one for all, one a group")));
  recipe_.stage.back() = {.train = "head", .precompute = true, .lr = {1e-3, 1e-2}};
  EXPECT_THAT(problem(), HasSubstr("stage.2.lr: has 2 values for 1 layer group"));
}

TEST_F(Stages, ASizeBelowTheNetworksIsExplained) {
  recipe_.model.backbone = "resnet18";
  recipe_.stage.push_back({.train = "all", .lr = Rates(1e-3), .size = 16});
  EXPECT_THAT(problem(), HasSubstr("stage.2.size: is 16 pixels; resnet18 needs at least 32"));
}

TEST_F(Stages, ASizeThatPatchesDoNotFillIsExplainedBeforeTheFirstStage) {
  recipe_.model.backbone = "vit_small_patch16_224";
  recipe_.data.size = 32;
  recipe_.stage.push_back({.train = "all", .lr = Rates(1e-3), .size = 40});
  EXPECT_THAT(problem(),
              HasSubstr("stage.2.size: is 40 pixels; vit_small_patch16_224 needs a multiple of 16, such as 48"));
}

TEST_F(Stages, RandomViewsOfImagesThatAreNotAugmentedAreExplained) {
  recipe_.predict.tta = 4;
  recipe_.data.augment = vision::Augment::none;
  recipe_.data.resize = vision::Resize::squish;  // a random crop would be a view
  EXPECT_THAT(problem(), HasSubstr("this data has no augmentation"));
}

TEST_F(Stages, TooFewEpochsToAverageAreExplained) {
  recipe_.stage.push_back({.train = "all", .lr = Rates(1e-3), .shape = Constant{.epochs = 2}, .swa = 0.75});
  EXPECT_THAT(problem(),
              HasSubstr("swa: averages the ends of epochs after a share of 0.75 of the fit, and 2.0 epochs"));
}

std::string refused(const StageOptions& stage) {
  Recipe recipe;
  recipe.stage = {stage};
  try {
    complete(recipe);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(StageOptions, ExplainWhatDoesNotGoTogether) {
  const Shape cycles = Sgdr{.cycles = 3, .cycle_len = 1, .cycle_mult = 1};
  EXPECT_THAT(refused({.shape = cycles, .ema = 0.9, .snapshots = 2}), HasSubstr("more than one of ema, swa and snap"));
  EXPECT_THAT(refused({.swa = 0.5, .keep_best = true}), HasSubstr("stage.1.swa: averages weights and keep_best"));
  EXPECT_THAT(refused({.swa = 1}), HasSubstr("stage.1.swa: is 1.0; needs 0 (off) or a share below 1"));
  EXPECT_THAT(refused({.snapshots = 2}), HasSubstr("one_cycle has one only"));
  EXPECT_THAT(refused({.train = "head", .precompute = true, .shape = cycles, .snapshots = 2}),
              HasSubstr("keeps whole networks"));
  EXPECT_THAT(refused({.batch = 0}), HasSubstr("stage.1.batch: is below 1 item"));
  Recipe recipe;
  recipe.stage = {{.shape = cycles, .snapshots = 2}, {}};
  EXPECT_THROW(complete(recipe), ConfigError);
}

}  // namespace
}  // namespace tenfold
