// What a fit does: rates, momentum, accumulation, epochs, orders, and where it ends.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "small.h"
#include "tenfold/core/error.h"
#include "tenfold/train/learner.h"

namespace tenfold {
namespace {

using small::bits;
using testing::ElementsAre;
using testing::HasSubstr;

Plan plan(double epochs, double lr = 0.02) { return {.lr = lr, .shape = Cosine{.epochs = epochs}}; }

TEST(Fit, RatesFollowShapeAndGroups) {
  auto learner = small::learner();
  learner.freeze_to(1);
  learner.fit({.lr = {9, 1e-3, 1e-2}, .shape = Sgdr{.cycles = 2, .cycle_len = 1, .cycle_mult = 2}});
  const auto& steps = learner.record().steps;
  ASSERT_EQ(steps.size(), 18u);  // (1 + 2) epochs of 6
  EXPECT_THAT(steps[0].lr, ElementsAre(0, 1e-3, 1e-2));
  EXPECT_NEAR(steps[3].lr[2], 1e-2 / 2, 1e-15);
  EXPECT_THAT(steps[6].lr, ElementsAre(0, 1e-3, 1e-2)) << "restarted at the full rate";
  EXPECT_NEAR(steps[12].lr[2], 1e-2 / 2, 1e-15);
  EXPECT_EQ(steps[7].epoch, 1 + 1.0 / 6);
  EXPECT_FALSE(steps[0].momentum);
}

TEST(Fit, MomentumFollowsShapesThatScheduleIt) {
  auto learner = small::learner();
  learner.fit({.lr = 1e-2, .shape = OneCycle{.epochs = 2}});
  const auto& steps = learner.record().steps;
  ASSERT_TRUE(steps[0].momentum);
  EXPECT_NEAR(*steps[0].momentum, 0.95, 1e-12);
  EXPECT_NEAR(*steps[3].momentum, 0.85, 1e-12);  // a quarter into the cycle
  EXPECT_NEAR(steps[3].lr[0], 1e-2, 1e-12);
}

struct LinearRun {
  at::Tensor weight;
  std::vector<StepRow> steps;
};

LinearRun fit_linear(int64_t items, int64_t batch, int accumulate, double epochs = 2) {
  auto net = std::make_shared<small::LinearNet>(4, 1);
  LearnerOptions options = small::options();
  options.batch = batch;
  options.drop_last = false;
  options.optimizer = {.kind = optim::Kind::sgd, .momentum = 0, .weight_decay = 0};
  Learner learner(small::rows(items), net, {.kind = nn::TaskKind::regression, .classes = 1}, options);
  learner.fit({.lr = 0.1, .shape = Constant{.epochs = epochs}, .accumulate = accumulate});
  return {net->weight().detach().clone(), learner.record().steps};
}

TEST(Fit, AccumulatedBatchesMakeOneLargeOne) {
  const auto large = fit_linear(48, 16, 1), parts = fit_linear(48, 8, 2);
  EXPECT_EQ(parts.steps.size(), 6u);
  EXPECT_TRUE(at::allclose(large.weight, parts.weight, 1e-6, 1e-6));
  EXPECT_NEAR(large.steps.back().loss, parts.steps.back().loss, 1e-5);
  EXPECT_FALSE(at::allclose(large.weight, fit_linear(48, 8, 1).weight, 1e-3, 1e-3));
}

TEST(Fit, TheRemainderOfAnEpochMakesASmallerStep) {
  const auto run = fit_linear(40, 8, 2, 1);  // batches of 8: 2 + 2 + 1
  ASSERT_EQ(run.steps.size(), 3u);
  EXPECT_DOUBLE_EQ(run.steps[2].epoch, 0.8);
}

TEST(Fit, OneStepOfSgdByHand) {
  // One batch of all items: w1 = w0 - lr · d/dw mean((x w - y)^2).
  const auto data = small::rows(10);
  auto net = std::make_shared<small::LinearNet>(4, 1);
  const auto w0 = net->weight().detach().clone();
  LearnerOptions options = small::options();
  options.batch = 10;
  options.optimizer = {.kind = optim::Kind::sgd, .momentum = 0, .weight_decay = 0};
  Learner learner(data, net, {.kind = nn::TaskKind::regression, .classes = 1}, options);
  learner.fit({.lr = 0.1, .shape = Constant{.epochs = 1}});
  at::Tensor gradient = torch::zeros({1, 4}, torch::kDouble);
  for (int64_t k = 0; k < 10; ++k) {
    const auto item = data.train->get(k, std::nullopt);
    const auto x = item.x[0].to(torch::kDouble);
    gradient += 2 * (w0.to(torch::kDouble).matmul(x) - item.y.to(torch::kDouble)).view({1, 1}) * x.view({1, 4}) / 10;
  }
  EXPECT_TRUE(
      at::allclose(net->weight().detach().to(torch::kDouble), w0.to(torch::kDouble) - 0.1 * gradient, 1e-5, 1e-6));
}

TEST(Fit, EachGroupMayHaveADecayOfItsOwn) {
  // Without gradient a decoupled decay shrinks weights by 1 - lr · decay each step: the masks leave only that.
  const auto norms = [](std::vector<double> decays) {
    LearnerOptions options = small::options();
    options.optimizer = {.kind = optim::Kind::sgd, .momentum = 0, .decoupled = true};
    auto learner = small::learner(options);
    std::vector<double> before, after;
    const auto measure = [&](std::vector<double>& to) {
      for (const auto& group : learner.model().groups()) {
        double sum = 0;
        for (const auto& module : group.modules)
          for (const auto& parameter : module->parameters())
            if (parameter.dim() > 1) sum += parameter.square().sum().item<double>();
        to.push_back(std::sqrt(sum));
      }
    };
    measure(before);
    Plan plan{.lr = 1e-3, .shape = Constant{.epochs = 1}, .group_decay = std::move(decays)};
    plan.callbacks.push_back({.name = "no gradient", .on_backward = [](StepContext& context) {
                                for (auto& parameter : context.learner.model().parameters())
                                  if (parameter.grad().defined()) parameter.mutable_grad().zero_();
                                return Next::go_on;
                              }});
    learner.fit(plan);
    measure(after);
    std::vector<double> ratios;
    for (size_t g = 0; g < before.size(); ++g) ratios.push_back(after[g] / before[g]);
    return ratios;
  };
  const auto ratios = norms({0, 10, 20});
  EXPECT_NEAR(ratios[0], 1, 1e-6);
  EXPECT_NEAR(ratios[1], std::pow(1 - 1e-2, 6), 1e-5);  // six steps
  EXPECT_NEAR(ratios[2], std::pow(1 - 2e-2, 6), 1e-5);
  EXPECT_THROW(norms({1, 2}), ConfigError);
}

TEST(Fit, FewerItemsThanABatchStillTrain) {
  auto learner = small::learner(small::options(), small::data(5, 4));
  const auto before = bits(learner);
  learner.fit(plan(3));
  EXPECT_EQ(learner.record().steps.size(), 3u);
  EXPECT_NE(bits(learner), before);
}

TEST(Fit, ValidationNeedsLabelsToSayAnything) {
  auto data = small::data();
  data.valid = data.test;
  auto learner = small::learner(small::options(), data);
  learner.fit(plan(1));
  EXPECT_FALSE(learner.record().epochs.at(0).valid_loss);
  EXPECT_TRUE(learner.record().epochs.at(0).metrics.empty());
  data.train = data.test;
  learner.set_data(data);
  try {
    learner.fit(plan(1));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("without labels (picture 0)"));
  }
}

TEST(Fit, PartOfAnEpochIsEnough) {
  auto learner = small::learner();
  learner.fit(plan(1.5));
  EXPECT_EQ(learner.record().steps.size(), 9u);
  EXPECT_EQ(learner.record().epochs.size(), 2u);
}

TEST(Fit, NoStageRepeatsTheOrderOfAnother) {
  auto learner = small::learner();
  std::vector<std::vector<int64_t>> seen;
  Plan two = plan(2);
  two.callbacks.push_back(small::watch_items(seen));
  learner.fit(two);
  learner.fit(two);
  ASSERT_EQ(seen.size(), 24u);
  std::set<std::vector<int64_t>> orders;
  for (size_t epoch = 0; epoch < 4; ++epoch) {
    std::vector<int64_t> order;
    for (size_t k = 0; k < 6; ++k) order.insert(order.end(), seen[6 * epoch + k].begin(), seen[6 * epoch + k].end());
    EXPECT_EQ(std::set<int64_t>(order.begin(), order.end()).size(), 48u);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 4u);
  EXPECT_EQ(learner.record().steps.back().step, 23);
  EXPECT_EQ(learner.record().steps.back().stage, 1);
}

TEST(Fit, ALossThatIsNoNumberEndsTheFitWithARemedy) {
  auto data = small::rows(16);
  auto x = torch::ones({16, 4}), y = torch::zeros({16, 1});
  y[9][0] = std::nanf("");
  data.train = std::make_shared<small::Rows>(x, y);
  LearnerOptions options = small::options();
  Learner learner(data, std::make_shared<small::LinearNet>(4, 1), {.kind = nn::TaskKind::regression, .classes = 1},
                  options);
  try {
    learner.fit({.lr = 0.125, .shape = Constant{.epochs = 1}});
    FAIL();
  } catch (const TrainingError& error) {
    EXPECT_LE(error.step, 1);
    EXPECT_THAT(error.what(), HasSubstr("0.125"));
    EXPECT_THAT(error.what(), HasSubstr("lower the rate"));
  }
  data.train = std::make_shared<small::Rows>(x, torch::zeros({16, 1}));
  learner.set_data(data);
  learner.fit({.lr = 0.1, .shape = Constant{.epochs = 1}});  // a learner outlives the failure
  EXPECT_EQ(learner.record().epochs.size(), 1u);
}

}  // namespace
}  // namespace tenfold
