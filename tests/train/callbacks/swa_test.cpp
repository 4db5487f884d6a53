#include "tenfold/train/callbacks/swa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "../small.h"
#include "tenfold/core/error.h"
#include "tenfold/train/norm_statistics.h"

namespace tenfold {
namespace {

using Weights = std::map<std::string, at::Tensor>;

/// The weights at the end of every epoch.
Callback keep(std::vector<Weights>& epochs) {
  Callback callback{.name = "keep"};
  callback.on_epoch = [&epochs](Learner& learner, EpochRow&) {
    epochs.push_back(learner.snapshot().model);
    return Next::go_on;
  };
  return callback;
}

Plan plan(std::vector<Callback> callbacks) {
  return {.lr = 1e-2, .shape = Constant{.epochs = 4}, .callbacks = std::move(callbacks)};
}

TEST(Swa, IsTheMeanOfTheLastEpochsWithStatisticsOfItsOwn) {
  std::vector<Weights> epochs;
  auto learner = small::learner();
  learner.fit(plan({swa({.start = 0.5}), keep(epochs)}));
  ASSERT_EQ(epochs.size(), 4u);
  const auto end = learner.snapshot().model;
  for (const std::string name : {"early.weight", "late_norm.bias", "head.linear2.weight"}) {
    const auto mean = (epochs[1].at(name) + epochs[2].at(name) + epochs[3].at(name)).to(torch::kDouble) / 3;
    EXPECT_TRUE(at::allclose(end.at(name).to(torch::kDouble), mean, 1e-5, 1e-6)) << name;
    EXPECT_FALSE(at::allclose(end.at(name), epochs[3].at(name), 1e-4, 1e-5)) << name;
  }
  // The same weights in another learner at the same place, measured there.
  auto other = small::learner();
  auto snapshot = learner.snapshot();
  for (auto& [name, tensor] : snapshot.model)
    if (name.find("running_") != std::string::npos) tensor = torch::zeros_like(tensor);
  other.restore(snapshot);
  other.continue_from(small::learner());  // measured within the first fit, stage 0
  measure_norms(other);
  EXPECT_EQ(small::bits(other), small::bits(learner));
}

TEST(Swa, DoesNotTouchTheTraining) {
  std::vector<Weights> with, without;
  auto one = small::learner(), two = small::learner();
  one.fit(plan({swa(), keep(with)}));
  two.fit(plan({keep(without)}));
  EXPECT_EQ(nn::hash_of(with.back()), nn::hash_of(without.back()));
  EXPECT_EQ(one.record().epochs.back().valid_loss, two.record().epochs.back().valid_loss);
}

TEST(Swa, GoesOnAfterAResume) {
  auto straight = small::learner();
  straight.fit(plan({swa({.start = 0.25})}));
  for (const int64_t step : {3, 11, 12, 20, 23}) {
    std::optional<Learner::Snapshot> taken;
    Callback cut{.name = "cut"};
    cut.on_step = [&](StepContext& context) {
      if (context.row.step != step) return Next::go_on;
      taken = context.learner.snapshot();
      throw Interrupted();
    };
    auto killed = small::learner();
    EXPECT_THROW(killed.fit(plan({swa({.start = 0.25}), cut})), Interrupted);
    auto resumed = small::learner();
    resumed.restore(*taken);
    resumed.fit(plan({swa({.start = 0.25})}));
    EXPECT_EQ(small::bits(resumed), small::bits(straight)) << "cut after step " << step;
  }
}

TEST(Swa, RefusesWhatCannotWork) {
  for (const double start : {-0.1, 1.0, std::nan("")}) EXPECT_THROW(swa({.start = start}), ConfigError);
  auto learner = small::learner();
  try {
    learner.fit({.lr = 1e-2, .shape = Constant{.epochs = 3}, .callbacks = {swa({.start = 0.9})}});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("3.0 epochs leave fewer than two"));
  }
  learner.fit({.lr = 1e-2, .shape = Constant{.epochs = 3}, .callbacks = {swa({.start = 0.6})}});
}

}  // namespace
}  // namespace tenfold
