#include "tenfold/text/token_loss.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/types.h>

namespace tenfold::text {
namespace {

at::Tensor numbers(at::IntArrayRef shape, double phase) {
  int64_t n = 1;
  for (const int64_t side : shape) n *= side;
  return at::sin(at::arange(n, at::kDouble) * 0.7 + phase).view(shape) * 1.5;
}

double error(const at::Tensor& got, const at::Tensor& expected) {
  return ((got.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

const auto no_class = -100;

TEST(TokenLoss, IsTheCrossEntropyAndItsGradientThatOfSmoothedTargets) {
  constexpr int64_t rows = 21, width = 24, classes = 37;  // 37: no vector divides it
  const auto target = (at::arange(rows, at::kLong) * 11) % classes;
  for (const auto dtype : {at::kFloat, at::kBFloat16})
    for (const double smoothing : {0.0, 0.1}) {
      const double close = dtype == at::kFloat ? 1e-5 : 2e-2;
      const auto h = numbers({rows, width}, 0.1).to(dtype).to(at::kDouble);
      const auto weight = numbers({classes, width}, 0.5).to(dtype).to(at::kDouble);
      const auto bias = numbers({classes}, 0.9).to(dtype).to(at::kDouble);
      const auto upstream = numbers({rows}, 0.2);  // of each token another

      const auto exact_h = h.clone().requires_grad_(true), exact_weight = weight.clone().requires_grad_(true),
                 exact_bias = bias.clone().requires_grad_(true);
      const auto scores = at::linear(exact_h, exact_weight, exact_bias);
      const auto plain = at::cross_entropy_loss(scores, target, {}, at::Reduction::None);
      const auto smoothed = at::cross_entropy_loss(scores, target, {}, at::Reduction::None, no_class, smoothing);
      (smoothed * upstream).sum().backward();

      const auto own_h = h.to(dtype).requires_grad_(true), own_weight = weight.to(at::kFloat).requires_grad_(true),
                 own_bias = bias.to(at::kFloat).requires_grad_(true);
      const auto got = token_loss(own_h, own_weight, own_bias, target, smoothing);
      EXPECT_LT(error(got.loss, plain), close);
      if (dtype == at::kFloat) EXPECT_TRUE(at::equal(got.right, (scores.argmax(1) == target).to(at::kFloat)));
      got.loss.backward(upstream.to(at::kFloat));
      EXPECT_LT(error(own_h.grad(), exact_h.grad()), close);
      EXPECT_LT(error(own_weight.grad(), exact_weight.grad()), close);
      EXPECT_LT(error(own_bias.grad(), exact_bias.grad()), close);
    }
}

TEST(TokenLoss, CountsTheFirstOfEqualsAsRight) {
  const auto h = at::ones({4, 1});
  const auto weight = at::tensor({1.0, 3.0, 3.0, 2.0}).to(at::kFloat).view({4, 1});
  const auto got = token_loss(h, weight, {}, at::arange(4, at::kLong), 0);
  EXPECT_TRUE(at::equal(got.right, at::tensor({0.0, 1.0, 0.0, 0.0}).to(at::kFloat)));
}

TEST(TokenLoss, HoldsWhereScoresAreLarge) {
  const auto h = at::full({2, 1}, 1000.0).to(at::kFloat).requires_grad_(true);
  const auto weight = at::tensor({1.0, -1.0, 0.5}).to(at::kFloat).view({3, 1});
  const auto got = token_loss(h, weight, {}, at::tensor({0, 1}, at::kLong), 0);
  EXPECT_NEAR(got.loss[0].item<double>(), 0, 1e-6);
  EXPECT_NEAR(got.loss[1].item<double>(), 2000, 1e-3);
  got.loss.sum().backward();
  EXPECT_TRUE(at::isfinite(h.grad()).all().item<bool>());
}

TEST(TokenLoss, IsTheMeanOverTheTokensOfAnItem) {
  const TokenLoss tokens{.loss = at::tensor({1.0, 2.0, 6.0}).to(at::kFloat),
                         .right = at::tensor({1.0, 0.0, 1.0}).to(at::kFloat)};
  const auto scores = item_scores(tokens, at::tensor({0, 0, 1}, at::kLong), at::tensor({2, 1}, at::kLong));
  EXPECT_TRUE(at::equal(scores, at::tensor({1.5, 0.5, 6.0, 1.0}).to(at::kFloat).view({2, 2})));
}

TEST(TokenLoss, RefusesTargetsOutsideTheVocabularyAndASecondWayBack) {
  const auto h = at::ones({1, 2}).requires_grad_(true);
  EXPECT_THROW(token_loss(h, at::ones({3, 2}), {}, at::tensor({3}, at::kLong), 0), c10::Error);
  const auto loss = token_loss(h, at::ones({3, 2}), {}, at::tensor({2}, at::kLong), 0).loss.sum();
  loss.backward({}, /*retain_graph=*/true);
  EXPECT_THROW(loss.backward(), c10::Error);
}

}  // namespace
}  // namespace tenfold::text
