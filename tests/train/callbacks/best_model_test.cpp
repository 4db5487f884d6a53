#include "tenfold/train/callbacks/best_model.h"

#include <gtest/gtest.h>

#include "../small.h"
#include "tenfold/train/callbacks/ema.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

/// Puts these accuracies and losses in place of the real ones, and keeps the weights' bits of each epoch's validation.
Callback pretend(std::vector<std::pair<double, double>> values, std::vector<std::string>& validated) {
  Callback callback{.name = "pretend"};
  callback.after_validation = [&validated](Learner& learner) { validated.push_back(small::bits(learner)); };
  callback.on_epoch = [values](Learner&, EpochRow& row) {
    row.metrics["accuracy"] = values.at(static_cast<size_t>(row.epoch)).first;
    row.valid_loss = values.at(static_cast<size_t>(row.epoch)).second;
    return Next::go_on;
  };
  return callback;
}

TEST(BestModel, EndsWithTheWeightsOfTheBestEpoch) {
  auto learner = small::learner();
  std::vector<std::string> validated;
  learner.fit({.lr = 1e-2,
               .shape = Constant{.epochs = 4},
               .callbacks = {pretend({{.5, 1}, {.9, 1}, {.9, 2}, {.7, .1}}, validated), best_model()}});
  EXPECT_EQ(small::bits(learner), validated.at(1));
  EXPECT_NE(validated.at(1), validated.at(3));
}

TEST(BestModel, OfEqualMetricsTheLowerLoss) {
  auto learner = small::learner();
  std::vector<std::string> validated;
  learner.fit({.lr = 1e-2,
               .shape = Constant{.epochs = 4},
               .callbacks = {pretend({{.9, 3}, {.9, 2}, {.9, 1}, {.9, 1}}, validated), best_model()}});
  EXPECT_EQ(small::bits(learner), validated.at(2));
}

TEST(BestModel, MayGoByTheLoss) {
  auto learner = small::learner();
  std::vector<std::string> validated;
  learner.fit({.lr = 1e-2,
               .shape = Constant{.epochs = 3},
               .callbacks = {pretend({{.9, 3}, {.1, 1}, {.95, 2}}, validated), best_model({.metric = "valid_loss"})}});
  EXPECT_EQ(small::bits(learner), validated.at(1));
}

TEST(BestModel, AfterAnAverageKeepsWhatWasValidated) {
  auto learner = small::learner();
  learner.fit({.lr = 1e-2,
               .shape = Constant{.epochs = 3},
               .callbacks = {ema({.decay = 0.9}), best_model({.metric = "valid_loss"})}});
  double best = 1e9;
  for (const auto& row : learner.record().epochs) best = std::min(best, *row.valid_loss);
  EXPECT_EQ(evaluate(learner.task(), predict(learner, Split::valid), {}).loss, best);
}

}  // namespace
}  // namespace tenfold
