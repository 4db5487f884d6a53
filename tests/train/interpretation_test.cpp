#include "tenfold/train/interpretation.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

TEST(Interpretation, CountsConfusionsAndRanksLosses) {
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 3};
  // Actual 0, 0, 0, 1, 2; predicted 1, 1, 0, 2, 2. The third item is number 7 of its dataset: two were left out.
  const Predictions predictions{
      .activated =
          torch::tensor({.2f, .7f, .1f, .3f, .6f, .1f, .8f, .1f, .1f, .1f, .3f, .6f, .05f, .05f, .9f}).view({5, 3}),
      .target = torch::tensor({0, 0, 0, 1, 2}, torch::kLong),
      .item_loss = torch::tensor({1.6f, 1.2f, .2f, 1.2f, .1f}),
      .names = {"a", "b", "c", "d", "e"},
      .index = {0, 3, 7, 8, 9}};
  const auto result = interpret(task, {"ant", "bee", "fly"}, predictions, 3);
  EXPECT_EQ(result.confusion, (std::vector<std::vector<int64_t>>{{1, 2, 0}, {0, 0, 1}, {0, 0, 1}}));
  ASSERT_EQ(result.most_confused.size(), 2u);
  EXPECT_EQ(result.most_confused[0].actual, "ant");
  EXPECT_EQ(result.most_confused[0].predicted, "bee");
  EXPECT_EQ(result.most_confused[0].count, 2);
  EXPECT_EQ(result.most_confused[1].actual, "bee");
  ASSERT_EQ(result.top_losses.size(), 3u);
  EXPECT_EQ(result.top_losses[0].name, "a");
  EXPECT_EQ(result.top_losses[1].index, 3) << "of equal losses the earlier";
  EXPECT_EQ(result.top_losses[2].index, 8);
  EXPECT_EQ(result.top_losses[2].actual, "bee");
  EXPECT_EQ(result.top_losses[2].predicted, "fly");
  EXPECT_FLOAT_EQ(static_cast<float>(result.top_losses[0].probability), .7f) << "of the predicted class";
  EXPECT_NEAR(result.top_losses[0].loss, 1.6, 1e-6);
  EXPECT_EQ(result.right, (std::vector<bool>{false, false, true, false, true}));
  const auto& looks = result.top_losses[0].looks;  // at the mistake, then at the truth
  ASSERT_EQ(looks.size(), 2u);
  EXPECT_EQ(looks[0].name, "bee");
  EXPECT_FALSE(looks[0].expected);
  EXPECT_EQ(looks[1].output, 0);
  EXPECT_NEAR(looks[1].value, .2, 1e-6) << "of the actual class";
  EXPECT_EQ(interpret(task, {"ant", "bee", "fly"}, predictions, 5).top_losses[4].looks.size(), 1u) << "was right";
}

TEST(Interpretation, NamesLabelsAndValues) {
  const nn::Task labels{.kind = nn::TaskKind::multi_label, .classes = 3};
  const Predictions many{.activated = torch::tensor({.9f, .2f, .7f, .1f, .3f, .2f}).view({2, 3}),
                         .target = torch::tensor({1.f, 1.f, 0.f, 0.f, 0.f, 1.f}).view({2, 3}),
                         .item_loss = torch::tensor({1.f, 2.f}),
                         .names = {"a", "b"},
                         .index = {0, 1}};
  const auto result = interpret(labels, {"haze", "road", "water"}, many);
  EXPECT_TRUE(result.confusion.empty());
  ASSERT_EQ(result.top_losses.size(), 2u);
  EXPECT_EQ(result.top_losses[0].predicted, "");
  EXPECT_NEAR(result.top_losses[0].probability, .7, 1e-6) << "that no label is there";
  EXPECT_EQ(result.top_losses[1].actual, "haze road");
  EXPECT_EQ(result.top_losses[1].predicted, "haze water");
  EXPECT_NEAR(result.top_losses[1].probability, .8, 1e-6);
  EXPECT_EQ(result.right, (std::vector<bool>{false, false}));
  ASSERT_EQ(result.top_losses[0].looks.size(), 1u) << "nothing was given";
  EXPECT_EQ(result.top_losses[0].looks[0].name, "water") << "missed";
  ASSERT_EQ(result.top_losses[1].looks.size(), 2u);
  EXPECT_EQ(result.top_losses[1].looks[0].name, "water") << "given wrongly";
  EXPECT_EQ(result.top_losses[1].looks[1].name, "road") << "missed";

  const nn::Task values{.kind = nn::TaskKind::regression, .classes = 2};
  const Predictions numbers{.activated = torch::tensor({1.5f, -2.f}).view({1, 2}),
                            .target = torch::tensor({1.f, 0.25f}).view({1, 2}),
                            .item_loss = torch::tensor({3.f}),
                            .names = {"a"},
                            .index = {0}};
  EXPECT_EQ(interpret(values, {}, numbers).top_losses.at(0).predicted, "1.5 -2");
  EXPECT_EQ(interpret(values, {}, numbers).top_losses.at(0).actual, "1 0.25");
  EXPECT_EQ(interpret(values, {"x", "y"}, numbers).top_losses.at(0).looks.at(0).name, "y") << "furthest off";
}

TEST(Interpretation, ScoresLabelsOneByOne) {
  const nn::Task task{.kind = nn::TaskKind::multi_label, .classes = 3};
  // Label 0: three have it, two are given it, one rightly. Label 1: two have it and are given it. Label 2: none.
  const Predictions predictions{
      .activated = torch::tensor({.9f, .9f, .1f, .2f, .8f, .1f, .3f, .1f, .2f, .6f, .4f, .1f}).view({4, 3}),
      .target = torch::tensor({1.f, 1.f, 0.f, 1.f, 1.f, 0.f, 1.f, 0.f, 0.f, 0.f, 0.f, 0.f}).view({4, 3}),
      .item_loss = torch::zeros({4}),
      .names = {"a", "b", "c", "d"},
      .index = {0, 1, 2, 3}};
  const auto result = interpret(task, {"haze", "road", "water"}, predictions);
  ASSERT_EQ(result.labels.size(), 3u);
  const auto& haze = result.labels[0];
  EXPECT_EQ(haze.items, 3);
  EXPECT_EQ(haze.given, 2);
  EXPECT_EQ(haze.right, 1);
  EXPECT_DOUBLE_EQ(haze.precision, 1.0 / 2);
  EXPECT_DOUBLE_EQ(haze.recall, 1.0 / 3);
  EXPECT_DOUBLE_EQ(haze.f1, 2.0 / 5);
  EXPECT_DOUBLE_EQ(haze.f2, 5.0 / 14);
  EXPECT_DOUBLE_EQ(result.labels[1].f2, 1);
  EXPECT_TRUE(std::isnan(result.labels[2].precision));
  EXPECT_TRUE(std::isnan(result.labels[2].f1));
  EXPECT_EQ(result.right, (std::vector<bool>{true, false, false, false}));

  const auto& curve = result.thresholds;
  EXPECT_EQ(curve.used, 0.5);
  ASSERT_EQ(curve.threshold.size(), 39u);
  EXPECT_DOUBLE_EQ(curve.threshold[19], 0.5);
  EXPECT_DOUBLE_EQ(curve.precision[19], 3.0 / 4);  // four labels given, three of them right; five are there
  EXPECT_DOUBLE_EQ(curve.recall[19], 3.0 / 5);
  EXPECT_DOUBLE_EQ(curve.f1[19], (1 + 2.0 / 3 + 0 + 0) / 4);  // mean over items
  EXPECT_DOUBLE_EQ(curve.recall[0], 1) << "at 0.025 everything is given";
  EXPECT_DOUBLE_EQ(curve.precision[0], 5.0 / 12);
  EXPECT_TRUE(std::isnan(curve.precision[38])) << "at 0.975 nothing is";
}

TEST(Interpretation, ComparesValues) {
  const nn::Task task{.kind = nn::TaskKind::regression, .classes = 2};
  const Predictions predictions{.activated = torch::tensor({2.f, 5.f, 3.f, 5.f, 7.f, 5.f}).view({3, 2}),
                                .target = torch::tensor({1.f, 5.f, 3.f, 5.f, 5.f, 5.f}).view({3, 2}),
                                .item_loss = torch::tensor({.5f, 0.f, 2.f}),
                                .names = {"a", "b", "c"},
                                .index = {0, 1, 2}};
  const auto result = interpret(task, {"age", "height"}, predictions);
  EXPECT_TRUE(result.classes.empty());
  ASSERT_EQ(result.outputs.size(), 2u);
  const auto& age = result.outputs[0];
  EXPECT_EQ(age.name, "age");
  EXPECT_EQ(age.actual, (std::vector<double>{1, 3, 5}));
  EXPECT_EQ(age.predicted, (std::vector<double>{2, 3, 7}));
  EXPECT_DOUBLE_EQ(age.rmse, std::sqrt(5.0 / 3));
  EXPECT_DOUBLE_EQ(age.mae, 1);
  EXPECT_DOUBLE_EQ(age.bias, 1);
  EXPECT_DOUBLE_EQ(age.r2, 1 - 5.0 / 8);
  EXPECT_TRUE(std::isnan(result.outputs[1].r2)) << "what never changes has no variance to explain";
}

TEST(Interpretation, NeedsLabels) {
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 2};
  const Predictions predictions{
      .activated = torch::ones({1, 2}), .target = {}, .item_loss = {}, .names = {"a"}, .index = {0}};
  EXPECT_THROW(interpret(task, {"a", "b"}, predictions), ConfigError);
}

}  // namespace
}  // namespace tenfold
