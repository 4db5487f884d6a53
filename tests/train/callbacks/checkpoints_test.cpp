#include "tenfold/train/callbacks/checkpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../small.h"

namespace tenfold {
namespace {

/// Steps of the run after which `options` wrote a checkpoint; an epoch has six.
std::vector<int64_t> written(CheckpointsOptions options, double epochs) {
  const small::Scratch scratch;
  options.path = scratch.path / "checkpoint.safetensors";
  std::vector<int64_t> steps;
  auto learner = small::learner();
  options.extra = [&] {
    steps.push_back(static_cast<int64_t>(learner.record().steps.size()));
    return Json::object();
  };
  learner.fit({.lr = 1e-3, .shape = Constant{.epochs = epochs}, .callbacks = {checkpoints(options)}});
  EXPECT_TRUE(std::filesystem::exists(options.path));
  return steps;
}

TEST(Checkpoints, EverySoManyStepsAndAtTheEndOfEveryEpoch) {
  EXPECT_THAT(written({.steps = 4}, 2), testing::ElementsAre(4, 6, 8, 12, 12));
}

TEST(Checkpoints, SoManySecondsApart) {
  EXPECT_THAT(written({.seconds = 1e6}, 2), testing::ElementsAre(6, 12));
  EXPECT_THAT(written({.seconds = 0}, 1), testing::ElementsAre(1, 2, 3, 4, 5, 6, 6));
}

TEST(Checkpoints, AnInterruptionWritesOneAndEndsTheFit) {
  int asked = 0;
  EXPECT_THAT(written({.seconds = 1e6, .interrupted = [&] { return ++asked == 3; }}, 2), testing::ElementsAre(3));
}

}  // namespace
}  // namespace tenfold
