#include "tenfold/text/awd_lstm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <optional>

#include "stream_scene.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/ulmfit.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;

const AwdLstmOptions kSmall{.embedding = 16, .hidden = 24, .layers = 2, .bptt = 12};

LearnerOptions training(Precision precision = Precision::fp32) {
  return {.batch = 8, .precision = precision, .threads = 1};
}

Learner learner(Precision precision = Precision::fp32, uint64_t seed = 42, AwdLstmOptions options = kSmall) {
  auto given = training(precision);
  given.seed = seed;
  return lm_learner(scene::vocab(), {.train = scene::sentences(60, 1), .valid = scene::sentences(20, 2)}, options,
                    given);
}

std::vector<at::Tensor> batch(int64_t rows, int64_t steps) {
  const auto generator = at::make_generator<at::CPUGeneratorImpl>(4);
  const auto both = at::randint(2, 33, {rows, steps + 1}, generator, at::TensorOptions(at::kLong));
  return {both.narrow(1, 0, steps).contiguous(), both.narrow(1, 1, steps).contiguous(), at::ones({1}, at::kLong)};
}

TEST(AwdLstm, HasTheParametersOfFastai) {
  const AwdLstm model(60000, {}, 2, at::kFloat, 1);
  int64_t count = 0;
  for (const auto& parameter : model.parameters()) count += parameter.numel();
  EXPECT_EQ(count, 44333280);  // fastai 2.8, vocabulary 60,000
  std::vector<std::string> names;
  for (const auto& group : model.groups()) names.push_back(group.name);
  EXPECT_THAT(names, ElementsAre("lstm 0", "lstm 1", "lstm 2", "words"));
  EXPECT_LE(model.encoder().embedding().abs().max().item<double>(), 0.1);
  const auto parameters = model.named_parameters();
  EXPECT_LE(parameters["0.rnns.2.module.weight_ih_l0"].abs().max().item<double>(), 1 / std::sqrt(400.0));
  EXPECT_GT(parameters["0.rnns.2.module.weight_ih_l0"].abs().max().item<double>(), 0.99 / std::sqrt(400.0));
}

TEST(AwdLstm, DrawsInTrainingAndNotInEvaluation) {
  AwdLstm model(33, kSmall, 4, at::kFloat, 1);
  const auto x = batch(4, 9);
  const auto once = model.forward(x);
  EXPECT_FALSE(at::equal(model.forward(x), once));  // other masks
  nn::reseed(model, 3, 5);
  const auto step = model.forward(x);
  nn::reseed(model, 3, 5);
  EXPECT_TRUE(at::equal(model.forward(x), step));
  model.eval();
  const auto plain = model.forward(x);
  nn::reseed(model, 3, 6);
  EXPECT_TRUE(at::equal(model.forward(x), plain));
}

TEST(AwdLstm, PenaltiesHaveAGradientAndNoValue) {
  const nn::Task task{.kind = nn::TaskKind::language_model, .classes = 33};
  const auto x = batch(4, 9);
  std::vector<at::Tensor> losses, gradients;
  for (const double weight : {0.0, 1.0, 2.0}) {
    auto options = kSmall;
    options.drop_mult = 0;
    options.activation_penalty = weight;
    options.change_penalty = 3 * weight;
    AwdLstm model(33, options, 4, at::kFloat, 1);
    const auto loss = model.training_loss(
        x, [&](const at::Tensor& scores) { return nn::loss(task, scores, at::full({4}, 9, at::kLong)); });
    loss.backward();
    losses.push_back(loss.detach());
    gradients.push_back(model.named_parameters()["0.rnns.1.weight_hh_l0_raw"].grad());
  }
  EXPECT_TRUE(at::equal(losses[0], losses[1]));
  const auto once = gradients[1] - gradients[0], twice = gradients[2] - gradients[0];
  EXPECT_GT(once.abs().max().item<double>(), 1e-6);
  EXPECT_TRUE(at::allclose(twice, 2 * once, 1e-3, 1e-8));
}

TEST(AwdLstm, PenaltyIsTheMeanSquareAndTheMeanSquaredChange) {
  const auto h = at::tensor({1.0f, 3.0f, 2.0f, -1.0f, 0.0f, 0.0f}).view({3, 1, 2});
  EXPECT_NEAR(activation_penalty(h, h * 2, 2, 0).item<double>(), 2 * 4 * 15.0 / 6, 1e-5);
  EXPECT_NEAR(activation_penalty(h, h * 2, 0, 5).item<double>(), 5 * (1 + 16 + 4 + 1) / 4.0, 1e-5);
  EXPECT_FALSE(activation_penalty(h, h, 0, 0).defined());
  EXPECT_FALSE(activation_penalty(h.narrow(0, 0, 1), h, 0, 5).defined());  // one step changes nothing
}

TEST(AwdLstm, LearnsAGrammar) {
  auto options = kSmall;
  options.drop_mult = 0.1;
  auto lm = lm_learner(scene::vocab(), {.train = scene::sentences(200, 1), .valid = scene::sentences(20, 2)}, options,
                       training());
  lm.fit({.lr = 3e-2, .shape = OneCycle{.epochs = 15}});
  const auto& last = lm.record().epochs.back();
  // Each word is followed by one of two: nothing below ln 2 (and the first words, which nothing tells).
  EXPECT_LT(last.valid_loss.value(), 1.2);
  EXPECT_GT(last.valid_loss.value(), std::log(2.0));
  EXPECT_NEAR(last.metrics.at("perplexity"), std::exp(last.valid_loss.value()), 1e-3);
  EXPECT_GT(last.metrics.at("accuracy"), 0.4);
}

TEST(AwdLstm, ResumesInTheMiddleOfAnEpochWithItsState) {
  for (const auto precision : {Precision::fp32, Precision::bf16}) {
    const Plan plan{.lr = 5e-3, .shape = OneCycle{.epochs = 2}};
    auto straight = learner(precision);
    straight.fit(plan);
    const auto expected = nn::hash_of(nn::state_of(straight.model()));
    const auto steps = static_cast<int64_t>(straight.record().steps.size());
    ASSERT_GT(steps, 20);
    for (const int64_t cut : {int64_t{0}, int64_t{4}, steps / 2 + 2}) {
      std::optional<Learner::Snapshot> taken;
      Callback stop{.name = "stop"};
      stop.on_step = [&](StepContext& context) {
        if (context.row.step != cut) return Next::go_on;
        taken = context.learner.snapshot();
        return Next::stop;
      };
      auto killed = learner(precision);
      auto part = plan;
      part.callbacks.push_back(stop);
      killed.fit(part);
      ASSERT_TRUE(taken);
      auto resumed = learner(precision, /*seed=*/42);
      resumed.restore(*taken);
      resumed.fit(plan);
      EXPECT_EQ(nn::hash_of(nn::state_of(resumed.model())), expected) << "cut after step " << cut;
      // Without the state the bits would differ.
      for (auto& [name, tensor] : taken->model)
        if (name.starts_with("hidden_")) tensor = at::zeros_like(tensor);
      auto forgetful = learner(precision);
      forgetful.restore(*taken);
      forgetful.fit(plan);
      EXPECT_NE(nn::hash_of(nn::state_of(forgetful.model())), expected);
    }
  }
}

TEST(AwdLstm, FreezesToItsWords) {
  auto lm = learner();
  const auto before = lm.model().named_parameters()["0.rnns.0.weight_hh_l0_raw"].detach().clone();
  const auto words = lm.model().named_parameters()["0.encoder.weight"].detach().clone();
  lm.freeze();
  lm.fit({.lr = 1e-2, .shape = Constant{.epochs = 1}});
  EXPECT_TRUE(at::equal(lm.model().named_parameters()["0.rnns.0.weight_hh_l0_raw"], before));
  EXPECT_FALSE(at::equal(lm.model().named_parameters()["0.encoder.weight"], words));
}

TEST(AwdLstm, AStreamKeepsItsRows) {
  AwdLstm model(33, kSmall, 4, at::kFloat, 1);
  model.forward(batch(4, 5));
  auto other = batch(3, 5);
  EXPECT_NO_THROW(model.forward(other));  // a new stream
  auto rest = batch(4, 5);
  rest[2].zero_();
  EXPECT_THROW(model.forward(rest), ConfigError);
}

TEST(AwdLstm, RefusesOptionsThatCannotWork) {
  EXPECT_THROW(scaled({.weight = 0.5}, 2), ConfigError);
  EXPECT_NO_THROW(scaled({.weight = 0.5}, 1.9));
  EXPECT_THROW(AwdLstm(33, {.hidden = 0}, 2, at::kFloat, 1), ConfigError);
  EXPECT_THROW(AwdLstm(1, kSmall, 2, at::kFloat, 1), ConfigError);
  EXPECT_THROW(AwdLstm(33, kSmall, 2, at::kFloat, 1).body_fingerprint(), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
