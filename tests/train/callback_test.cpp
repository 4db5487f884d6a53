#include "tenfold/train/callback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small.h"
#include "tenfold/core/error.h"

namespace tenfold {
namespace {

using testing::ElementsAre;

/// Writes down what is called; stops at `stop_at`, "hook:count".
Callback scribe(std::vector<std::string>& log, const std::string& name, const std::string& stop_at = "") {
  Callback callback{.name = name};
  const auto note = [&log, name, stop_at](const std::string& hook) {
    log.push_back(name + " " + hook);
    return hook == stop_at ? Next::stop : Next::go_on;
  };
  callback.on_fit_begin = [note](Learner&) { note("begin"); };
  callback.on_batch = [note](StepContext&) { return note("batch"); };
  callback.on_backward = [note](StepContext& c) {
    EXPECT_TRUE(c.loss.defined());
    return note("backward");
  };
  callback.on_step = [note](StepContext& c) {
    EXPECT_GT(c.row.loss, 0);
    return note("step");
  };
  callback.before_validation = [note](Learner&) { note("before"); };
  callback.after_validation = [note](Learner&) { note("after"); };
  callback.on_epoch = [note](Learner&, EpochRow& row) {
    EXPECT_TRUE(row.valid_loss);
    return note("epoch");
  };
  callback.on_fit_end = [note](Learner&) { note("end"); };
  return callback;
}

Plan one_epoch(std::vector<Callback> callbacks) {
  return {.lr = 1e-2, .shape = Constant{.epochs = 1}, .callbacks = std::move(callbacks)};
}

TEST(Callback, HooksComeInOrderAndValidationClosesInReverse) {
  auto learner = small::learner(small::options(), small::data(16, 8));
  std::vector<std::string> log;
  learner.fit(one_epoch({scribe(log, "a"), scribe(log, "b")}));
  const std::vector<std::string> step = {"a batch", "b batch", "a backward", "b backward", "a step", "b step"};
  std::vector<std::string> expected = {"a begin", "b begin"};
  for (int k = 0; k < 2; ++k) expected.insert(expected.end(), step.begin(), step.end());
  for (const char* last : {"a before", "b before", "b after", "a after", "a epoch", "b epoch", "a end", "b end"})
    expected.emplace_back(last);
  EXPECT_EQ(log, expected);
}

TEST(Callback, AStopEndsTheFitWhereItIsAsked) {
  const auto steps_until = [](const std::string& hook) {
    auto learner = small::learner(small::options(), small::data(16, 8));
    const auto before = small::bits(learner);
    std::vector<std::string> log;
    auto plan = one_epoch({scribe(log, "a", hook), scribe(log, "b")});
    plan.shape = Constant{.epochs = 3};
    learner.fit(plan);
    EXPECT_EQ(log.back(), "b end") << "all are told";
    return std::pair{learner.record().steps.size(), small::bits(learner) != before};
  };
  EXPECT_EQ(steps_until("batch").first, 0u);
  EXPECT_EQ(steps_until("backward").first, 0u);
  EXPECT_EQ(steps_until("step"), (std::pair<size_t, bool>{1, true}));
  EXPECT_EQ(steps_until("epoch").first, 2u);
}

TEST(Callback, TheLastLossWins) {
  auto learner = small::learner(small::options(), small::data(16, 8));
  const auto constant = [](double value) {
    Callback callback{.name = std::to_string(value)};
    callback.loss = [value](StepContext&, const at::Tensor& logits) { return logits.sum() * 0 + value; };
    return callback;
  };
  learner.fit(one_epoch({constant(3), constant(5)}));
  EXPECT_FLOAT_EQ(static_cast<float>(learner.record().steps.front().loss), 5);
}

TEST(Callback, NamesAreUnique) {
  auto learner = small::learner();
  std::vector<std::string> log;
  EXPECT_THROW(learner.fit(one_epoch({scribe(log, "a"), scribe(log, "a")})), ConfigError);
  EXPECT_TRUE(log.empty());
}

TEST(Callback, CountsStepsOfTheFit) {
  auto options = small::options();
  options.drop_last = false;
  auto learner = small::learner(options, small::data(40, 8));  // 5 batches: steps of 2, 2, 1
  std::vector<std::pair<int64_t, int64_t>> seen;
  Callback callback{.name = "count"};
  callback.on_step = [&](StepContext& context) {
    seen.emplace_back(context.step, context.steps_total);
    return Next::go_on;
  };
  learner.fit({.lr = 1e-3, .shape = Constant{.epochs = 2}, .accumulate = 2, .callbacks = {callback}});
  EXPECT_THAT(seen, ElementsAre(std::pair{0, 6}, std::pair{1, 6}, std::pair{2, 6}, std::pair{3, 6}, std::pair{4, 6},
                                std::pair{5, 6}));
}

}  // namespace
}  // namespace tenfold
