// What holds for every method: state that restores exactly, parameters without gradients, rates by group.
#include <cmath>
#include <limits>

#include "scene.h"
#include "tenfold/core/error.h"

namespace tenfold::optim {
namespace {

void train(Optimizer& optimizer, const std::vector<torch::Tensor>& parameters, int from, int to) {
  for (int step = from; step < to; ++step) {
    set_gradients(parameters, step);
    optimizer.set_lr(0, 0.01 / (1 + step));
    optimizer.set_momentum(0.95 - 0.01 * step);
    optimizer.step();
  }
}

TEST(Optimizer, RestoresExactly) {
  for (const auto& options : every_method()) {
    const auto straight = small_network(), stopped = small_network();
    const auto whole = make(options, groups_of(straight));
    train(*whole, straight, 0, 10);
    const auto before = make(options, groups_of(stopped));
    train(*before, stopped, 0, 5);
    const auto saved = before->state();

    std::vector<torch::Tensor> resumed;
    for (const auto& parameter : stopped) resumed.push_back(leaf(parameter.detach()));
    train(*before, stopped, 5, 7);  // going on must not change what was saved
    const auto after = make(options, groups_of(resumed));
    after->load_state(saved);
    train(*after, resumed, 5, 10);
    EXPECT_TRUE(equal_bits(straight, resumed)) << name_of(options);
    EXPECT_FALSE(equal_bits(straight, small_network())) << name_of(options);

    const auto at_end = after->state(), whole_at_end = whole->state();
    ASSERT_EQ(at_end.size(), whole_at_end.size());
    for (const auto& [name, tensor] : whole_at_end) EXPECT_TRUE(torch::equal(tensor, at_end.at(name))) << name;
  }
}

TEST(Optimizer, TakesGradientsInAnotherMemoryLayout) {
  for (const auto& options : every_method()) {
    const auto mixed = small_network();
    auto plain = small_network();
    plain[1] = leaf(plain[1].detach().contiguous());
    const auto a = make(options, groups_of(mixed)), b = make(options, groups_of(plain));
    train(*a, mixed, 0, 4);
    train(*b, plain, 0, 4);
    for (size_t k = 0; k < mixed.size(); ++k)
      EXPECT_TRUE(torch::allclose(mixed[k], plain[k], 1e-5, 1e-7)) << name_of(options) << ", parameter " << k;
  }
}

TEST(Optimizer, LeavesParametersWithoutGradientAlone) {
  for (const auto& options : every_method()) {
    const auto parameters = small_network();
    const auto before = parameters[0].detach().clone();
    const auto optimizer = make(options, groups_of(parameters));
    for (int step = 0; step < 4; ++step) {
      set_gradients(parameters, step);
      parameters[0].mutable_grad() = torch::Tensor();
      optimizer->step();
    }
    EXPECT_TRUE(torch::equal(parameters[0], before)) << name_of(options);
    for (const auto& [name, tensor] : optimizer->state()) EXPECT_EQ(name.find("fc.weight"), std::string::npos) << name;

    const auto again = make(options, groups_of(parameters));
    again->load_state(optimizer->state());
    EXPECT_EQ(again->state().size(), optimizer->state().size());
  }
}

TEST(Optimizer, GivesEachGroupItsRateAndDecay) {
  for (const auto& options : every_method()) {
    if (options.lookahead > 0) continue;
    const auto first = leaf(torch::ones({3})), second = leaf(torch::ones({3})), third = leaf(torch::ones({3}));
    const auto optimizer = make(options, {{.parameters = {first}, .names = {"first"}, .lr = 0.1, .weight_decay = 0},
                                          {.parameters = {second}, .names = {"second"}, .lr = 0.1, .weight_decay = 0.5},
                                          {.parameters = {third}, .names = {"third"}, .lr = 0.1, .weight_decay = 0}});
    optimizer->set_lr(2, 0);
    for (const auto& parameter : {first, second, third}) parameter.mutable_grad() = torch::zeros({3});
    optimizer->step();
    EXPECT_TRUE(torch::equal(first, torch::ones({3}))) << name_of(options);
    EXPECT_LT(second.max().item<double>(), 1) << name_of(options);
    EXPECT_TRUE(torch::equal(third, torch::ones({3}))) << name_of(options);
    optimizer->set_weight_decay(0, 0.5);
    optimizer->step();
    EXPECT_LT(first.max().item<double>(), 1) << name_of(options);
  }
}

TEST(Optimizer, GoesDownhill) {
  for (const auto& options : every_method()) {
    const auto parameters = small_network();
    const auto loss = [&] {
      auto sum = torch::zeros({});
      for (const auto& parameter : parameters) sum = sum + (parameter - 0.5).square().sum();
      return sum;
    };
    const double before = loss().item<double>();
    const auto optimizer = make(options, groups_of(parameters));
    for (size_t group = 0; group < 2; ++group) optimizer->set_weight_decay(group, 0);
    for (int step = 0; step < 60; ++step) {
      optimizer->zero_grad();
      loss().backward();
      optimizer->step();
    }
    EXPECT_LT(loss().item<double>(), 0.8 * before) << name_of(options);
  }
}

TEST(Optimizer, ZeroGradDropsGradients) {
  const auto parameters = small_network();
  const auto optimizer = make({}, groups_of(parameters));
  set_gradients(parameters, 0);
  optimizer->zero_grad();
  for (const auto& parameter : parameters) EXPECT_FALSE(parameter.grad().defined());
}

std::string refused_state(const Options& options, std::map<std::string, torch::Tensor> state) {
  const auto optimizer = make(options, groups_of(small_network()));
  try {
    optimizer->load_state(state);
  } catch (const WeightsError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Optimizer, RefusesAStateThatDoesNotFit) {
  const auto parameters = small_network();
  const auto optimizer = make({}, groups_of(parameters));
  train(*optimizer, parameters, 0, 1);
  const auto state = optimizer->state();
  EXPECT_EQ(refused_state({}, state), "accepted");

  auto missing = state;
  missing.erase("fc.weight.square");
  EXPECT_NE(refused_state({}, missing).find("fc.weight.square: is missing"), std::string::npos);
  auto misshapen = state;
  misshapen["fc.weight.mean"] = torch::zeros({5, 17});
  EXPECT_NE(refused_state({}, misshapen).find("fc.weight.mean: has shape [5, 17] where the parameter needs [17, 5]"),
            std::string::npos);
  auto foreign = state;
  foreign["head.weight.mean"] = torch::zeros({1});
  EXPECT_NE(refused_state({}, foreign).find("head.weight.mean: belongs to no parameter"), std::string::npos);
  EXPECT_NE(refused_state({.kind = Kind::sgd}, state).find("is missing"), std::string::npos);
}

TEST(Optimizer, NamesTheOptionThatCannotWork) {
  const auto refused = [](const Options& options, double lr = 0.1) -> std::string {
    try {
      over(leaf(torch::ones({1})), options, lr, 0);
    } catch (const ConfigError& error) {
      return error.option;
    }
    return "accepted";
  };
  EXPECT_EQ(refused({.momentum = 1}), "optimizer.momentum");
  EXPECT_EQ(refused({.beta2 = -0.1}), "optimizer.beta2");
  EXPECT_EQ(refused({.eps = 0}), "optimizer.eps");
  EXPECT_EQ(refused({.weight_decay = -1}), "optimizer.weight_decay");
  EXPECT_EQ(refused({.lookahead = -1}), "optimizer.lookahead");
  EXPECT_EQ(refused({.lookahead_alpha = 0}), "optimizer.lookahead_alpha");
  EXPECT_EQ(refused({.kind = Kind::sgd, .momentum = 0, .nesterov = true}), "optimizer.momentum");
  EXPECT_EQ(refused({}, std::numeric_limits<double>::quiet_NaN()), "optimizer.lr");
  EXPECT_EQ(refused({}), "accepted");
}

TEST(Optimizer, RefusesAParameterTwice) {
  const auto weight = leaf(torch::ones({1}));
  EXPECT_THROW(make({}, {{.parameters = {weight, weight}, .names = {"w", "w"}, .lr = 0.1}}), Error);
  EXPECT_THROW(make({}, {{.parameters = {weight}, .names = {}, .lr = 0.1}}), Error);
}

}  // namespace
}  // namespace tenfold::optim
