#include "tenfold/train/interpretation.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

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

  const nn::Task values{.kind = nn::TaskKind::regression, .classes = 2};
  const Predictions numbers{.activated = torch::tensor({1.5f, -2.f}).view({1, 2}),
                            .target = torch::tensor({1.f, 0.25f}).view({1, 2}),
                            .item_loss = torch::tensor({3.f}),
                            .names = {"a"},
                            .index = {0}};
  EXPECT_EQ(interpret(values, {}, numbers).top_losses.at(0).predicted, "1.5 -2");
  EXPECT_EQ(interpret(values, {}, numbers).top_losses.at(0).actual, "1 0.25");
}

TEST(Interpretation, NeedsLabels) {
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 2};
  const Predictions predictions{
      .activated = torch::ones({1, 2}), .target = {}, .item_loss = {}, .names = {"a"}, .index = {0}};
  EXPECT_THROW(interpret(task, {"a", "b"}, predictions), ConfigError);
}

}  // namespace
}  // namespace tenfold
