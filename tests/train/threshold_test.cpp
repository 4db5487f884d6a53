#include "tenfold/train/threshold.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

const nn::Task kLabels{.kind = nn::TaskKind::multi_label, .classes = 3};

TEST(Threshold, FindsWhereLabelsPartFromTheRest) {
  // Right labels have 0.3 and more, wrong ones 0.2 and less: every threshold from 0.20 to 0.29 is perfect.
  const auto target = torch::tensor({1.F, 0.F, 1.F, 0.F, 1.F, 0.F}).view({2, 3});
  const auto activated = torch::where(target > 0, torch::tensor(0.301F), torch::tensor(0.199F));
  const auto choice = choose_threshold(kLabels, activated, target, 2);
  EXPECT_DOUBLE_EQ(choice.threshold, 0.25);
  EXPECT_DOUBLE_EQ(choice.f_beta, 1);
  EXPECT_DOUBLE_EQ(choice.f_beta_at_half, 0);
}

TEST(Threshold, FollowsBeta) {
  // One right label at 0.2 and two wrong ones at 0.3 and 0.4. Below 0.2 all are given: P 1/3, R 1, F2 = 5/7, F0.5 =
  // 0.385. With two items of another kind (right at 0.9 only), recall asks for a low threshold, precision for a high
  // one.
  const auto activated = torch::tensor({.2F, .3F, .4F, .9F, .1F, .1F, .9F, .3F, .3F}).view({3, 3});
  const auto target = torch::tensor({1.F, 0.F, 0.F, 1.F, 0.F, 0.F, 1.F, 0.F, 0.F}).view({3, 3});
  const auto recall = choose_threshold(kLabels, activated, target, 4),
             precision = choose_threshold(kLabels, activated, target, 0.5);
  EXPECT_LT(recall.threshold, 0.2);
  EXPECT_GE(precision.threshold, 0.4);
  EXPECT_NEAR(precision.f_beta, 2.0 / 3, 1e-12);
  EXPECT_NEAR(recall.f_beta, (17.0 / 19 + 1 + 17.0 / 19) / 3, 1e-12);  // 17 P R / (16 P + R) at P 1/3, R 1
  EXPECT_THROW(choose_threshold({.kind = nn::TaskKind::single_label, .classes = 3}, activated, target, 2), ConfigError);
}

TEST(Threshold, AgreesWithTheMetric) {
  torch::manual_seed(3);
  const auto activated = torch::rand({40, 3});
  const auto target = (activated + 0.4 * torch::rand({40, 3}) > 0.7).to(torch::kFloat);
  const auto choice = choose_threshold(kLabels, activated, target, 2);
  nn::Task task = kLabels;
  task.threshold = choice.threshold;
  EXPECT_NEAR(metric("f2", task.kind).compute(task, activated, target), choice.f_beta, 1e-12);
  for (int k = 1; k < 100; ++k) {
    task.threshold = k / 100.0;
    EXPECT_LE(metric("f2", task.kind).compute(task, activated, target), choice.f_beta);
  }
}

TEST(Threshold, HalvesChooseForEachOther) {
  // Even places part at 0.8, odd ones at 0.2: each half's threshold serves the other badly, the common one no better.
  const auto target = torch::eye(3).repeat({4, 1});
  auto activated = torch::empty({12, 3});
  for (int64_t k = 0; k < 12; ++k)
    activated[k] = torch::where(target[k] > 0, torch::tensor(k % 2 ? 0.3F : 0.9F), torch::tensor(k % 2 ? 0.1F : 0.7F));
  const Predictions predictions{
      .activated = activated, .target = target, .item_loss = torch::ones({12}), .names = {}, .index = {}};
  const auto honest = evaluate_cross_fitted(kLabels, predictions, {"f2", "auc"}, 2);
  // Even items with 0.2: all given, P 1/3, R 1: F2 5/7. Odd items with 0.8: none given: 0.
  EXPECT_NEAR(honest.metrics.at("f2"), 0.5 * 5 / 7, 1e-12);
  EXPECT_NEAR(honest.metrics.at("auc"), evaluate(kLabels, predictions, {"auc"}).metrics.at("auc"), 1e-12);
  EXPECT_NEAR(honest.loss, 1, 1e-12);
}

}  // namespace
}  // namespace tenfold
