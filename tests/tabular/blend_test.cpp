#include "tenfold/tabular/blend.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

const nn::Task kNumber{.kind = nn::TaskKind::regression, .classes = 1};

TEST(Blend, ClosedFormAndGridAgree) {
  torch::manual_seed(1);
  const auto target = at::randn({500, 1});
  const auto first = target + 0.3 * at::randn({500, 1}), second = target + 0.6 * at::randn({500, 1});
  const double weight = least_squares_weight(first, second, target);
  EXPECT_NEAR(weight, 0.8, 0.05);  // by the inverse variances, 0.36 / (0.09 + 0.36)
  const auto grid = best_weight(kNumber, first, second, target, "rmse");
  EXPECT_NEAR(grid.first, weight, 0.005 + 1e-9);
  const double alone = best_weight(kNumber, first, first, target, "rmse").value;
  EXPECT_LT(grid.value, alone);
}

TEST(Blend, StaysBetweenTheTwo) {
  const auto target = at::zeros({4, 1});
  const auto good = at::ones({4, 1}), worse = 2 * at::ones({4, 1});  // the best line through both leaves the segment
  EXPECT_EQ(least_squares_weight(good, worse, target), 1);
  EXPECT_EQ(best_weight(kNumber, good, worse, target, "rmse").first, 1);
  EXPECT_EQ(least_squares_weight(good, good, target), 0.5);
  EXPECT_EQ(best_weight(kNumber, good, good, target, "rmse").first, 0.5);
}

TEST(Blend, TakesTheMetricsDirection) {
  const nn::Task two{.kind = nn::TaskKind::single_label, .classes = 2};
  const auto right = at::tensor({0.9f, 0.1f, 0.2f, 0.8f}).view({2, 2}), wrong = 1 - right;
  const auto target = at::tensor({0, 1}, at::kLong);
  const auto best = best_weight(two, right, wrong, target, "accuracy");
  EXPECT_EQ(best.value, 1);
  EXPECT_GT(best.first, 0.5);
  EXPECT_THROW(best_weight(two, right, wrong, target, "rmse"), ConfigError);
}

}  // namespace
}  // namespace tenfold::tabular
