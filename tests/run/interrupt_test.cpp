// Ctrl-C wherever a run spends time: it ends resumable, and the resumed run's results have the bits of one that was not
// interrupted.

#include <gtest/gtest.h>

#include <set>

#include "scene.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/run/run.h"

namespace tenfold {
namespace {

std::string weights_of(const std::filesystem::path& run) {
  return nn::hash_of(nn::read_tensors(run / "model.safetensors").tensors);
}

TEST(Interrupt, InEveryPassOverDataEndsTheRunResumable) {
  const Scratch scratch;
  make_stripes(scratch.path / "data", 20, 48, 1);
  auto recipe = stripes_recipe(scratch.path / "data");
  recipe.lr_find.steps = 12;
  recipe.predict.tta = 2;
  recipe.stage = {{.train = "head", .precompute = true, .lr = Rates::find(), .shape = Cosine{.epochs = 1}},
                  {.train = "all",
                   .lr = Rates(1e-3),
                   .shape = Constant{.epochs = 3},
                   .size = 48,
                   .batch = 4,
                   .augment = vision::Augment::basic,
                   .swa = 0.5}};
  const auto options = [&](const std::string& name) {
    return RunOptions{.folder = scratch.path / name, .checkpoint_steps = 3, .cache = scratch.path / (name + "-cache")};
  };
  ASSERT_EQ(run(recipe, options("straight"), {}).outcome, Outcome::done);

  std::set<std::string> interrupted;  // each kind of pass once, in its middle
  std::string pass;
  Watch watch;
  watch.items = [&](const std::string& what, int64_t done, int64_t all) { pass = 2 * done >= all ? what : ""; };
  watch.step = [&](const StepRow&, int64_t, int64_t) { pass = ""; };
  watch.interrupted = [&] { return !pass.empty() && interrupted.insert(pass).second; };
  auto outcome = run(recipe, options("parts"), watch).outcome;
  int parts = 1;
  for (; outcome == Outcome::interrupted && parts < 20; ++parts) {
    EXPECT_FALSE(std::filesystem::exists(scratch.path / "parts/summary.json"));
    outcome = resume(options("parts"), watch).outcome;
  }
  EXPECT_EQ(outcome, Outcome::done);
  EXPECT_EQ(interrupted, (std::set<std::string>{"computing features", "finding the rate", "validating",
                                                "measuring norms", "evaluating"}));
  EXPECT_EQ(parts, 6);
  EXPECT_EQ(weights_of(scratch.path / "parts"), weights_of(scratch.path / "straight"));
  EXPECT_EQ(read_file(scratch.path / "parts/predictions.csv"), read_file(scratch.path / "straight/predictions.csv"));
  const auto log = read_log(read_file(scratch.path / "parts/log.jsonl"), "log");
  EXPECT_EQ(log.stages.size(), 2u);
  EXPECT_EQ(log.epochs.size(), 4u);
}

}  // namespace
}  // namespace tenfold
