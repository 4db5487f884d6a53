#include "tenfold/train/callbacks/progress.h"

#include <gtest/gtest.h>

#include "../small.h"

namespace tenfold {
namespace {

TEST(Progress, TellsEveryRow) {
  auto learner = small::learner();
  std::vector<std::string> said;
  const auto watch = progress(
      {.stage = [&](const StageRow& row, int64_t steps) { said.push_back(row.name + " " + std::to_string(steps)); },
       .step =
           [&](const StepRow& row, int64_t done, int64_t steps) {
             EXPECT_EQ(row.step + 1, done);
             EXPECT_EQ(steps, 12);
             said.push_back("step");
           },
       .epoch = [&](const EpochRow& row) { said.push_back("epoch " + std::to_string(row.epoch)); }});
  learner.fit({.lr = 1e-3, .shape = Constant{.epochs = 2}, .name = "all", .callbacks = {watch}});
  ASSERT_EQ(said.size(), 1u + 12 + 2);
  EXPECT_EQ(said.front(), "all 12");
  EXPECT_EQ(said[7], "epoch 0");
  EXPECT_EQ(said.back(), "epoch 1");
}

TEST(Progress, MayBeEmpty) {
  auto learner = small::learner();
  learner.fit({.lr = 1e-3, .shape = Constant{.epochs = 1}, .callbacks = {progress({})}});
  EXPECT_EQ(learner.record().epochs.size(), 1u);
}

}  // namespace
}  // namespace tenfold
