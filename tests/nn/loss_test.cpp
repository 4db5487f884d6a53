// Losses against torch's, numbers from tools/reference_nn.py; the rest against closed forms.

#include "tenfold/nn/loss.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

const Task single{.kind = TaskKind::single_label, .classes = 3};
const Task multi{.kind = TaskKind::multi_label, .classes = 3};

at::Tensor scores() { return at::tensor({2.0f, 1.0f, 0.0f, 0.0f, 3.0f, 1.0f, 1.0f, -1.0f, 0.5f}).view({3, 3}); }
at::Tensor classes() { return at::tensor({0, 2, 1}, at::kLong); }
at::Tensor labels() { return at::tensor({1.0f, 0.0f, 1.0f, 0.0f, 1.0f, 0.0f, 0.0f, 0.0f, 1.0f}).view({3, 3}); }

void expect_values(const at::Tensor& found, const std::vector<double>& right) {
  ASSERT_EQ(found.numel(), static_cast<int64_t>(right.size()));
  for (size_t i = 0; i < right.size(); ++i)
    EXPECT_NEAR(found.flatten()[static_cast<int64_t>(i)].item<double>(), right[i],
                2e-6 * std::max(1.0, std::abs(right[i])))
        << i;
}

TEST(Loss, SingleLabel) {
  expect_values(item_loss(single, scores(), classes()), {0.4076059, 2.1698461, 2.5549569});
  expect_values(loss(single, scores(), classes()), {(0.4076059 + 2.1698461 + 2.5549569) / 3});
  Task smoothed = single;
  smoothed.label_smoothing = 0.1;
  expect_values(loss(smoothed, scores().slice(0, 0, 2), classes().slice(0, 0, 2)), {1.3220593});
}

TEST(Loss, SingleLabelWithClassWeights) {
  Task task = single;
  task.class_weights = {1, 2, 0.5};
  expect_values(item_loss(task, scores(), classes()), {0.4076059, 1.084923, 5.1099138});
  expect_values(loss(task, scores(), classes()), {1.8864123});
  task.label_smoothing = 0.1;
  expect_values(loss(task, scores(), classes()), {1.8426608});
  expect_values(item_loss(task, scores(), classes()), {0.5143993, 1.1295794, 4.8053341});
}

TEST(Loss, MultiLabel) {
  expect_values(item_loss(multi, scores(), labels()), {0.7111123, 0.6849988, 0.7002001});
  expect_values(loss(multi, scores(), labels()), {0.6987704});
  expect_values(loss(multi, scores(), labels() > 0), {0.6987704});
  Task weighted = multi;
  weighted.class_weights = {1, 2, 0.5};
  expect_values(loss(weighted, scores(), labels()), {0.747089});
}

TEST(Loss, LargeLogitsStayFinite) {
  const auto far = at::tensor({1000.0f, -1000.0f, 0.0f}).view({1, 3});
  expect_values(item_loss(multi, far, at::tensor({0.0f, 0.0f, 1.0f}).view({1, 3})), {(1000 + std::log(2)) / 3});
  expect_values(item_loss(single, far, at::tensor({1}, at::kLong)), {2000});
}

TEST(Loss, Regression) {
  const Task plain{.kind = TaskKind::regression, .classes = 2};
  const auto logits = at::tensor({1.0f, -2.0f}).view({1, 2}), target = at::tensor({0.5f, 1.0f}).view({1, 2});
  expect_values(item_loss(plain, logits, target), {(0.25 + 9) / 2});
  Task ranged = plain;
  ranged.range = {{0, 5.5}};
  const double a = 5.5 / (1 + std::exp(-1)), b = 5.5 / (1 + std::exp(2));
  expect_values(activate(ranged, logits), {a, b});
  expect_values(item_loss(ranged, logits, target), {((a - 0.5) * (a - 0.5) + (b - 1) * (b - 1)) / 2});
}

TEST(Loss, Ordinal) {
  const Task task{.kind = TaskKind::ordinal, .classes = 4};
  EXPECT_EQ(logits(task), 3);
  const auto scores_of = at::tensor({2.0f, 0.0f, -1.0f}).view({1, 3});
  const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
  const double first = sigmoid(2), second = 0.5, third = sigmoid(-1);
  expect_values(activate(task, scores_of), {1 - first, first - second, second - third, third});
  expect_values(item_loss(task, scores_of, at::tensor({2}, at::kLong)),
                {-std::log(first) - std::log(second) - std::log(1 - third)});
}

TEST(Loss, OrdinalProbabilitiesAreProbabilitiesEvenWhereStepsContradict) {
  const Task task{.kind = TaskKind::ordinal, .classes = 4};
  const auto p = activate(task, at::tensor({-2.0f, 3.0f, 1.0f}).view({1, 3}));
  EXPECT_GE(p.min().item<float>(), 0);
  EXPECT_NEAR(p.sum().item<float>(), 1, 1e-6);
}

TEST(Activate, LogitsOfInvertsIt) {
  const auto scores = at::tensor({2.0, -1.0, 0.5, 0.1, 0.2, -3.0}, at::kFloat).view({2, 3});
  for (const Task& task :
       {Task{.kind = TaskKind::single_label, .classes = 3}, Task{.kind = TaskKind::multi_label, .classes = 3},
        Task{.kind = TaskKind::regression, .classes = 3},
        Task{.kind = TaskKind::regression, .classes = 3, .range = {{-1, 4}}}}) {
    const auto values = activate(task, scores);
    EXPECT_TRUE(at::allclose(activate(task, logits_of(task, values)), values, 1e-5, 1e-6));
  }
  const Task ordinal{.kind = TaskKind::ordinal, .classes = 4};
  const auto steps = at::sort(scores, 1, /*descending=*/true);
  const auto values = activate(ordinal, std::get<0>(steps));
  EXPECT_TRUE(at::allclose(activate(ordinal, logits_of(ordinal, values)), values, 1e-5, 1e-6));
}

TEST(Decode, AsTheTableSays) {
  EXPECT_TRUE(decode(single, activate(single, scores())).equal(at::tensor({0, 1, 0}, at::kLong)));
  Task strict = multi;
  strict.threshold = 0.7;
  EXPECT_TRUE(decode(strict, activate(strict, scores())).equal(scores() > std::log(0.7 / 0.3)));
  const Task ordinal{.kind = TaskKind::ordinal, .classes = 4};
  const auto median = decode(
      ordinal, at::tensor({0.4f, 0.15f, 0.1f, 0.35f, 0.6f, 0.2f, 0.1f, 0.1f, 0.0f, 0.1f, 0.1f, 0.8f}).view({3, 4}));
  EXPECT_TRUE(median.equal(at::tensor({1, 0, 3}, at::kLong)));  // not the most probable class 0 of the first
  const Task values{.kind = TaskKind::regression, .classes = 1};
  EXPECT_TRUE(decode(values, at::ones({2, 1})).equal(at::ones({2, 1})));
}

TEST(Activate, HalfPrecisionComesBackSingle) {
  const auto p = activate(single, scores().to(at::kBFloat16));
  EXPECT_EQ(p.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::allclose(p.sum(1), at::ones({3})));
}

void expect_refusal(const Task& task, const at::Tensor& target, const std::string& part) {
  try {
    loss(task, at::zeros({target.size(0), logits(task)}), target);
    FAIL() << "was accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

TEST(Loss, NamesTheTaskThatFits) {
  const Task regression{.kind = TaskKind::regression, .classes = 3}, ordinal{.kind = TaskKind::ordinal, .classes = 3};
  expect_refusal(single, labels(), "fits a multi_label task: any number of labels may be right");
  expect_refusal(single, labels() * 2.5, "fits a regression task");
  expect_refusal(ordinal, labels() * 2.5, "fits a regression task");
  expect_refusal(multi, classes(), "fits a single_label task: exactly one class is right");
  expect_refusal(regression, classes(), "fits a single_label task");
  expect_refusal(multi, labels() * 3, "fits a regression task");
  expect_refusal(multi, at::zeros({2, 4}), "needs 0 or 1 for each label, float [N, classes]");
  expect_refusal(single, at::tensor({0, 3}, at::kLong), "holds class 3");
  expect_refusal(single, at::tensor({0, -100}, at::kLong), "holds class -100");  // torch would leave it out silently
}

TEST(Loss, OfALanguageModelIsTheMeanOverTokens) {
  const Task task{.kind = TaskKind::language_model, .classes = 100};
  const auto scores = torch::tensor({{2.f, 0.5f}, {5.f, 0.25f}}).requires_grad_();  // nats a token, share right
  const auto tokens = torch::tensor({30, 10}, torch::kLong);
  const auto mean = loss(task, scores, tokens);
  EXPECT_FLOAT_EQ(mean.item<float>(), (30 * 2 + 10 * 5) / 40.f);
  mean.backward();
  EXPECT_TRUE(at::allclose(scores.grad(), torch::tensor({{0.75f, 0.f}, {0.25f, 0.f}})));
  EXPECT_TRUE(at::equal(item_loss(task, scores, tokens), torch::tensor({60.f, 50.f})));
  EXPECT_THROW(loss(task, scores, torch::tensor({30, 0}, torch::kLong)), ConfigError) << "an empty text";
}

}  // namespace
}  // namespace tenfold::nn
