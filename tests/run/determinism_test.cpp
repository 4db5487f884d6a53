// Same recipe, same bits: twice, with another number of workers, killed and resumed, interrupted and resumed.

#include <gtest/gtest.h>

#include <csignal>

#include "scene.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/run/run.h"

namespace tenfold {
namespace {

std::string weights_of(const std::filesystem::path& run) {
  return nn::hash_of(nn::read_tensors(run / "model.safetensors").tensors);
}

class Determinism : public testing::Test {
 protected:
  void SetUp() override {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    make_stripes(scratch_.path / "data", 40, 32, 1);
    recipe_ = stripes_recipe(scratch_.path / "data");
  }
  std::filesystem::path folder(const std::string& name) const { return scratch_.path / name; }
  RunOptions options(const std::string& name) const {
    return {.folder = folder(name), .checkpoint_steps = 3, .cache = folder("cache")};
  }
  std::string train(const std::string& name) {
    EXPECT_EQ(run(recipe_, options(name), {}).outcome, Outcome::done);
    return weights_of(folder(name));
  }
  Scratch scratch_;
  Recipe recipe_;
};

TEST_F(Determinism, TwoRunsAreBitIdentical) {
  EXPECT_EQ(train("one"), train("two"));
  recipe_.training.seed = 43;
  EXPECT_NE(train("another seed"), weights_of(folder("one")));
}

TEST_F(Determinism, OneAndFourWorkersAreBitIdentical) {
  recipe_.training.workers = 1;
  const auto one = train("one");
  recipe_.training.workers = 4;
  EXPECT_EQ(train("four"), one);
}

TEST_F(Determinism, KilledInMidEpochAndResumedIsBitIdentical) {
  // 60 items in batches of 8, short one dropped: 7 steps an epoch. Killed at step 11, in the second epoch, after the
  // checkpoint at 9. The scratch folder of the child is its own (the test starts anew there), so the run's folder comes
  // from outside.
  const auto run_folder = std::filesystem::temp_directory_path() / "tenfold-killed-run";
  std::filesystem::remove_all(run_folder);
  EXPECT_EXIT(
      {
        Watch watch;
        watch.step = [](const StepRow& row, int64_t, int64_t) {
          if (row.step == 11) std::raise(SIGKILL);
        };
        auto here = options("killed");
        here.folder = run_folder;
        make_stripes(run_folder.string() + "-data", 40, 32, 1);
        recipe_.data.path = run_folder.string() + "-data";
        run(recipe_, here, watch);
      },
      testing::KilledBySignal(SIGKILL), "");
  ASSERT_TRUE(std::filesystem::exists(run_folder / "checkpoint.safetensors"));
  ASSERT_FALSE(std::filesystem::exists(run_folder / "model.safetensors"));
  auto here = options("killed");
  here.folder = run_folder;
  EXPECT_EQ(resume(here, {}).outcome, Outcome::done);
  EXPECT_EQ(weights_of(run_folder), train("straight"));
  EXPECT_EQ(read_log(read_file(run_folder / "log.jsonl"), "log").steps.size(), 14u);
  std::filesystem::remove_all(run_folder);
  std::filesystem::remove_all(run_folder.string() + "-data");
}

TEST_F(Determinism, InterruptedAtEveryStageAndResumedIsBitIdentical) {
  recipe_.stage = {
      {.train = "head", .precompute = true, .lr = Rates(1e-2), .shape = Cosine{.epochs = 2}},
      {.train = "all", .lr = Rates(1e-3), .shape = Sgdr{.cycles = 2, .cycle_len = 1, .cycle_mult = 1}, .ema = 0.9}};
  const auto straight = train("straight");
  Watch watch;
  int64_t steps = 0, next = 4;
  watch.step = [&](const StepRow&, int64_t, int64_t) { ++steps; };
  watch.interrupted = [&] { return steps == next; };
  EXPECT_EQ(run(recipe_, options("parts"), watch).outcome, Outcome::interrupted);
  for (;;) {
    next = steps + 5;
    if (resume(options("parts"), watch).outcome == Outcome::done) break;
  }
  EXPECT_EQ(steps, 28);
  EXPECT_EQ(weights_of(folder("parts")), straight);
}

TEST_F(Determinism, PrecomputedViewsAndCutsInterruptedAndResumedAreBitIdentical) {
  recipe_.stage = {{.train = "1",
                    .precompute = true,
                    .precompute_views = 2,
                    .lr = Rates::range(1e-3, 1e-2),
                    .shape = Cosine{.epochs = 2}},
                   {.train = "head", .precompute = true, .lr = Rates(1e-2), .shape = Cosine{.epochs = 1}}};
  const auto straight = train("straight");  // fills the store that the others share
  recipe_.stage[0].precompute_views = 1;    // both epochs see the first
  EXPECT_NE(train("other views"), straight);
  recipe_.stage[0].precompute_views = 2;
  Watch watch;
  int64_t steps = 0, next = 4;
  watch.step = [&](const StepRow&, int64_t, int64_t) { ++steps; };
  watch.interrupted = [&] { return steps == next; };
  EXPECT_EQ(run(recipe_, options("parts"), watch).outcome, Outcome::interrupted);
  for (;;) {
    next = steps + 5;
    if (resume(options("parts"), watch).outcome == Outcome::done) break;
  }
  EXPECT_EQ(steps, 21);
  EXPECT_EQ(weights_of(folder("parts")), straight);
}

TEST_F(Determinism, AFinishedRunIsNotRunAgain) {
  const auto before = train("one");
  EXPECT_THROW(run(recipe_, options("one"), {}), ConfigError);
  EXPECT_EQ(resume(options("one"), {}).outcome, Outcome::done);
  EXPECT_EQ(weights_of(folder("one")), before);
}

}  // namespace
}  // namespace tenfold
