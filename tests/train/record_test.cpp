#include "tenfold/train/record.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tenfold {
namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

const StageRow kStage{.stage = 1,
                      .name = "all",
                      .trained_from = 2,
                      .groups = {"stem", "head"},
                      .plan = {{"shape", "cosine"}, {"lr", 0.1}}};
const StepRow kStep{.step = 12345678901,
                    .stage = 1,
                    .epoch = 1.0 / 3,
                    .lr = {1e-5, 0.1},
                    .momentum = 0.95,
                    .loss = 0.7,
                    .smooth_loss = 0.8};
const EpochRow kEpoch{.stage = 1,
                      .epoch = 2,
                      .steps = 99,
                      .train_loss = 0.5,
                      .valid_loss = 0.25,
                      .metrics = {{"accuracy", 0.9}},
                      .seconds = 1.5,
                      .valid_seconds = 0.5,
                      .images_per_second = 321.5};

TEST(Record, ReadsWhatItWrote) {
  StepRow broken = kStep;
  broken.momentum.reset();
  broken.loss = kNaN;
  EpochRow unmeasured = kEpoch;
  unmeasured.valid_loss.reset();
  unmeasured.metrics = {{"auc", kNaN}};
  const std::string text = to_json(kStage).dump() + "\n" + to_json(kStep).dump() + "\n" +
                           R"({"kind": "lr_find", "lr": [1]})" + "\n" + to_json(kEpoch).dump() + "\n" +
                           to_json(broken).dump() + "\n" + to_json(unmeasured).dump() + "\n";
  const Record record = read_log(text, "log.jsonl");
  ASSERT_EQ(record.stages.size(), 1u);
  ASSERT_EQ(record.steps.size(), 2u);
  ASSERT_EQ(record.epochs.size(), 2u);
  EXPECT_EQ(to_json(record.stages[0]), to_json(kStage));
  EXPECT_EQ(to_json(record.steps[0]), to_json(kStep));
  EXPECT_EQ(to_json(record.epochs[0]), to_json(kEpoch));
  EXPECT_EQ(record.steps[0].step, kStep.step);
  EXPECT_EQ(record.steps[0].epoch, kStep.epoch);
  EXPECT_EQ(record.steps[0].lr, kStep.lr);
  EXPECT_EQ(record.steps[0].momentum, kStep.momentum);
  EXPECT_EQ(record.epochs[0].metrics, kEpoch.metrics);
  EXPECT_EQ(record.stages[0].groups, kStage.groups);
  EXPECT_TRUE(std::isnan(record.steps[1].loss));
  EXPECT_FALSE(record.steps[1].momentum.has_value());
  EXPECT_FALSE(record.epochs[1].valid_loss.has_value());
  EXPECT_TRUE(std::isnan(record.epochs[1].metrics.at("auc")));
}

TEST(Record, LeavesOutALineThatAKillHasCut) {
  const std::string line = to_json(kStep).dump() + "\n";
  EXPECT_EQ(read_log(line + line.substr(0, 40), "log.jsonl").steps.size(), 1u);
  EXPECT_TRUE(read_log("", "log.jsonl").steps.empty());
}

TEST(Record, NamesTheLineThatIsNoRow) {
  const std::string line = to_json(kStep).dump() + "\n";
  for (const char* wrong :
       {"{\"kind\": \"step\"}\n", "nonsense\n", "[1]\n", "{\"kind\": \"epoch\", \"stage\": \"one\"}\n"}) {
    try {
      read_log(line + wrong, "log.jsonl");
      FAIL() << wrong;
    } catch (const DataError& error) {
      EXPECT_EQ(error.line, 2);
      EXPECT_EQ(error.path, "log.jsonl");
    }
  }
}

}  // namespace
}  // namespace tenfold
