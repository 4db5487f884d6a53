#include "tenfold/train/learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "small.h"
#include "tenfold/core/error.h"

namespace tenfold {
namespace {

using small::bits;
using testing::ElementsAre;
using testing::HasSubstr;

Plan plan(double epochs, double lr = 0.02) { return {.lr = lr, .shape = Cosine{.epochs = epochs}}; }

std::map<std::string, at::Tensor> copy_of(Learner& learner) { return learner.snapshot().model; }

/// Names of parameters and buffers whose bits differ.
std::set<std::string> changed(const std::map<std::string, at::Tensor>& before,
                              const std::map<std::string, at::Tensor>& after) {
  std::set<std::string> names;
  for (const auto& [name, tensor] : before)
    if (!at::equal(tensor, after.at(name))) names.insert(name);
  return names;
}

TEST(Learner, LearnsToTellColours) {
  auto learner = small::learner();
  learner.fit(plan(6));
  const auto& epochs = learner.record().epochs;
  ASSERT_EQ(epochs.size(), 6u);
  EXPECT_GT(epochs.back().metrics.at("accuracy"), 0.9);
  EXPECT_LT(*epochs.back().valid_loss, 0.4);
  EXPECT_GT(epochs.back().images_per_second, 0);
  EXPECT_EQ(learner.record().steps.size(), 6u * 6);  // 50 items in batches of 8, the short one dropped
  EXPECT_EQ(learner.stage(), 1);
}

TEST(Learner, LearnsInBf16) {
  auto options = small::options();
  options.precision = Precision::bf16;
  auto learner = small::learner(options);
  EXPECT_EQ(learner.dtype(), at::kBFloat16);
  learner.fit(plan(6));
  EXPECT_GT(learner.record().epochs.back().metrics.at("accuracy"), 0.9);
  for (const auto& parameter : learner.model().parameters()) EXPECT_EQ(parameter.scalar_type(), at::kFloat);
}

TEST(Learner, SameSeedSameBitsForAnyNumberOfWorkers) {
  const auto train = [](int workers, uint64_t seed) {
    auto options = small::options();
    options.threads = 2;
    options.workers = workers;
    options.seed = seed;
    auto learner = small::learner(options);
    learner.fit(plan(2));
    return bits(learner);
  };
  const auto one = train(1, 5);
  EXPECT_EQ(train(1, 5), one);
  EXPECT_EQ(train(4, 5), one);
  EXPECT_NE(train(1, 6), one);
}

TEST(Learner, FrozenGroupsKeepWeightsAndStatistics) {
  auto learner = small::learner();
  learner.freeze_to(1);
  EXPECT_EQ(learner.frozen(), 1);
  const auto before = copy_of(learner);
  learner.fit(plan(1));
  const auto moved = changed(before, copy_of(learner));
  for (const auto& name : moved) EXPECT_FALSE(name.starts_with("early")) << name;
  EXPECT_TRUE(moved.contains("late.weight"));
  EXPECT_TRUE(moved.contains("late_norm.running_mean"));
  EXPECT_TRUE(moved.contains("head.linear1.weight"));
}

TEST(Learner, NormsOfFrozenGroupsMayTrainAsInFastai2) {
  auto options = small::options();
  options.frozen_norms = FrozenNorms::train;
  auto learner = small::learner(options);
  learner.freeze();
  const auto before = copy_of(learner);
  learner.fit({.lr = {1e-3, 2e-3, 1e-2}, .shape = Cosine{.epochs = 1}});
  const auto moved = changed(before, copy_of(learner));
  EXPECT_FALSE(moved.contains("early.weight"));
  EXPECT_FALSE(moved.contains("late.weight"));
  for (const std::string norm : {"early_norm", "late_norm"})
    for (const std::string part : {".weight", ".bias", ".running_mean", ".running_var"})
      EXPECT_TRUE(moved.contains(norm + part));
  EXPECT_THAT(learner.record().steps.front().lr, ElementsAre(1e-3, 2e-3, 1e-2));
}

/// Names that move in one epoch under a rule, with groups before `first` frozen.
std::set<std::string> moved_under(FrozenNorms rule, int first) {
  auto options = small::options();
  options.frozen_norms = rule;
  auto learner = small::learner(options);
  learner.freeze_to(first);
  const auto before = copy_of(learner);
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}});
  return changed(before, copy_of(learner));
}

TEST(Learner, StatisticsAloneMoveAsInFastai2WithoutTrainBn) {
  const auto moved = moved_under(FrozenNorms::statistics, 2);
  for (const std::string norm : {"early_norm", "late_norm"}) {
    EXPECT_TRUE(moved.contains(norm + ".running_mean"));
    EXPECT_TRUE(moved.contains(norm + ".running_var"));
    EXPECT_FALSE(moved.contains(norm + ".weight"));
    EXPECT_FALSE(moved.contains(norm + ".bias"));
  }
  EXPECT_FALSE(moved.contains("late.weight"));
}

TEST(Learner, StatisticsOfTrainedGroupsStayAsWithBnFreeze) {
  const auto moved = moved_under(FrozenNorms::evaluate_body, 1);
  for (const std::string norm : {"early_norm", "late_norm"}) {
    EXPECT_FALSE(moved.contains(norm + ".running_mean"));
    EXPECT_FALSE(moved.contains(norm + ".running_var"));
    EXPECT_FALSE(moved.contains(norm + ".num_batches_tracked"));
  }
  EXPECT_FALSE(moved.contains("early_norm.weight"));
  EXPECT_TRUE(moved.contains("late_norm.weight"));
  EXPECT_TRUE(moved.contains("late.weight"));
  EXPECT_TRUE(moved.contains("head.norm1.running_mean")) << "the head's are new and must learn";
}

TEST(Learner, TheBatchMayChangeBetweenFits) {
  auto learner = small::learner();
  learner.set_batch(16);
  learner.fit(plan(1));
  EXPECT_EQ(learner.record().steps.size(), 3u);  // 50 items in batches of 16, the short one dropped
  EXPECT_EQ(learner.options().batch, 16);
  EXPECT_THROW(learner.set_batch(0), ConfigError);
}

TEST(Learner, CountsGroupsFromTheEndToo) {
  auto learner = small::learner();
  learner.freeze_to(-2);
  EXPECT_EQ(learner.frozen(), 1);
  learner.freeze();
  EXPECT_EQ(learner.frozen(), 2);
  learner.unfreeze();
  EXPECT_EQ(learner.frozen(), 0);
  for (const int wrong : {3, -4}) {
    try {
      learner.freeze_to(wrong);
      FAIL() << wrong;
    } catch (const ConfigError& error) {
      EXPECT_EQ(error.option, "freeze_to");
      EXPECT_THAT(error.what(), HasSubstr("the network has 3 layer groups (0 early, 1 late, 2 head); at least the last "
                                          "must train: give 0 to 2, or -1 to -3 to count from the end"));
    }
  }
}

TEST(Learner, RefusesWhatCannotWork) {
  const auto option_of = [](auto&& work) -> std::string {
    try {
      work();
    } catch (const ConfigError& error) {
      return error.option;
    }
    return "accepted";
  };
  const auto with = [](auto&& change) {
    auto options = small::options();
    change(options);
    small::learner(options);
  };
  EXPECT_EQ(option_of([&] { with([](auto& o) { o.batch = 0; }); }), "batch");
  EXPECT_EQ(option_of([&] { with([](auto& o) { o.threads = -1; }); }), "threads");
  EXPECT_EQ(option_of([&] { with([](auto& o) { o.device = "gpu"; }); }), "device");
  EXPECT_EQ(option_of([&] { with([](auto& o) { o.metrics = {"rmse"}; }); }), "metrics");
  auto learner = small::learner();
  EXPECT_EQ(option_of([&] { learner.fit({.accumulate = 0}); }), "accumulate");
  EXPECT_EQ(option_of([&] { learner.fit({.lr = {1e-3, 1e-2, 1e-3, 1e-2}}); }), "lr");
  auto other = small::data();
  other.classes = {"red", "green"};
  EXPECT_EQ(option_of([&] { learner.set_data(other); }), "data");
  auto empty = small::data();
  empty.train = nullptr;
  learner.set_data(empty);
  EXPECT_EQ(option_of([&] { learner.fit(plan(1)); }), "data");
}

TEST(Learner, SaysWhatAutoStandsFor) {
  auto learner = small::learner({.batch = 8});
  EXPECT_GE(learner.options().threads, 1);
  EXPECT_LE(learner.options().threads, 8);
  EXPECT_EQ(at::get_num_threads(), learner.options().threads);
  EXPECT_GE(learner.options().workers, 1);
  EXPECT_NE(learner.options().precision, Precision::automatic);
  EXPECT_THAT(learner.options().metrics, ElementsAre("accuracy"));
}

TEST(Learner, FreezesAsThePlanSays) {
  auto learner = small::learner();
  Plan head = plan(1);
  head.freeze_to = -1;
  head.name = "head";
  learner.fit(head);
  EXPECT_EQ(learner.frozen(), 2);
  const auto& row = learner.record().stages.at(0);
  EXPECT_EQ(row.name, "head");
  EXPECT_EQ(row.trained_from, 2);
  EXPECT_THAT(row.groups, ElementsAre("early", "late", "head"));
}

/// A network that forgets to say to which group its second layer belongs.
class Forgetful : public small::LinearNet {
 public:
  Forgetful() : LinearNet(4, 1) { register_module("lost", nn::Linear(4, 4)); }
};

TEST(Learner, EveryParameterHasAGroup) {
  try {
    Learner(small::rows(4), std::make_shared<Forgetful>(), {.kind = nn::TaskKind::regression, .classes = 1},
            small::options());
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("lost.weight"));
  }
}

}  // namespace
}  // namespace tenfold
