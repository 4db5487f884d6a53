#include "tenfold/train/callbacks/early_stop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../small.h"
#include "tenfold/core/error.h"

namespace tenfold {
namespace {

/// Epochs until early_stop ends it, where validation gives these values of `metric`.
size_t epochs_of(const EarlyStopOptions& options, const std::string& metric, const std::vector<double>& values) {
  auto learner = small::learner();
  const auto stop = early_stop(options);
  stop.on_fit_begin(learner);
  for (size_t k = 0; k < values.size(); ++k) {
    EpochRow row{.epoch = static_cast<int>(k)};
    if (metric == "valid_loss")
      row.valid_loss = values[k];
    else
      row.metrics[metric] = values[k];
    if (stop.on_epoch(learner, row) == Next::stop) return k + 1;
  }
  return values.size();
}

TEST(EarlyStop, StopsAfterPatienceAsFastaiDoes) {
  // fastai 2.8: values 1, .9, .95, .94 with patience 2 end after epoch index 3.
  EXPECT_EQ(epochs_of({.patience = 2, .metric = "valid_loss"}, "valid_loss", {1, .9, .95, .94, .1, .1}), 4u);
  EXPECT_EQ(epochs_of({.patience = 3, .metric = "valid_loss"}, "valid_loss", {1, .9, .95, .94, .1, .1}), 6u);
}

TEST(EarlyStop, FollowsTheMetricsOwnDirection) {
  EXPECT_EQ(epochs_of({.patience = 1}, "accuracy", {.5, .6, .7, .7, .9}), 4u);
  EXPECT_EQ(epochs_of({.patience = 1, .min_delta = .15}, "accuracy", {.5, .6, .7}), 2u);
  EXPECT_EQ(epochs_of({.patience = 2}, "accuracy", {std::nan(""), .6, std::nan(""), .7, .7, .7, .8}), 6u);
}

TEST(EarlyStop, EndsARealFit) {
  auto learner = small::learner();
  Callback level{.name = "level"};
  level.on_epoch = [](Learner&, EpochRow& row) {
    row.metrics["accuracy"] = 0.5;
    return Next::go_on;
  };
  learner.fit({.lr = 1e-3, .shape = Constant{.epochs = 30}, .callbacks = {level, early_stop({.patience = 2})}});
  EXPECT_EQ(learner.record().epochs.size(), 3u);
}

TEST(EarlyStop, CountsOnAfterAResume) {
  auto learner = small::learner();
  const auto first = early_stop({.patience = 2});
  first.on_fit_begin(learner);
  EpochRow row;
  row.metrics["accuracy"] = 0.5;
  EXPECT_EQ(first.on_epoch(learner, row), Next::go_on);
  EXPECT_EQ(first.on_epoch(learner, row), Next::go_on);
  const auto second = early_stop({.patience = 2});
  second.on_fit_begin(learner);
  second.load_state(first.state());
  EXPECT_EQ(second.on_epoch(learner, row), Next::stop);
}

TEST(EarlyStop, RefusesWhatCannotWork) {
  EXPECT_THROW(early_stop({.patience = 0}), ConfigError);
  EXPECT_THROW(early_stop({.min_delta = -1}), ConfigError);
  auto learner = small::learner();
  EXPECT_THROW(learner.fit({.callbacks = {early_stop({.metric = "auc"})}}), ConfigError);
  auto data = small::data();
  data.valid = nullptr;
  learner.set_data(data);
  EXPECT_THROW(learner.fit({.callbacks = {early_stop({})}}), ConfigError);
}

}  // namespace
}  // namespace tenfold
