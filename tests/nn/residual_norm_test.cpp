// norm(x + dropout(branch)) against the formula in double precision.

#include "tenfold/nn/residual_norm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/model.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

ResidualNorm some_norm(int64_t channels, double dropout) {
  ResidualNorm norm(ResidualNormOptions{.channels = channels, .eps = 1e-6, .dropout = dropout});
  const at::NoGradGuard no_grad;
  norm->weight.copy_(normal({channels}, 1).abs() + 0.5);
  norm->bias.copy_(normal({channels}, 2));
  return norm;
}

at::Tensor formula(const at::Tensor& sum, const at::Tensor& weight, const at::Tensor& bias) {
  const auto centred = sum - sum.mean(-1, true);
  return centred / (centred.square().mean(-1, true) + 1e-6).sqrt() * weight + bias;
}

double distance(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right).norm() / right.norm()).item<double>();
}

TEST(ResidualNorm, AgreesWithDoublePrecision) {
  for (const auto dtype : {at::kFloat, at::kBFloat16, at::kDouble})
    for (const int64_t channels : {7, 48, 384}) {
      SCOPED_TRACE(testing::Message() << channels << ' ' << dtype);
      auto norm = some_norm(channels, 0);
      const auto x = (normal({150, channels}, 3) + 2).to(dtype).requires_grad_(),
                 branch = normal({150, channels}, 4).to(dtype).requires_grad_();
      const auto dy = normal({150, channels}, 5).to(dtype);
      const auto y = norm(x, branch);
      EXPECT_EQ(y.scalar_type(), dtype);
      const auto found = torch::autograd::grad({y}, {x, branch, norm->weight, norm->bias}, {dy});
      const auto leaf = [](const at::Tensor& t) { return t.detach().to(at::kDouble).requires_grad_(); };
      const auto a = leaf(x), b = leaf(branch), weight = leaf(norm->weight), bias = leaf(norm->bias);
      const auto exact = formula(a + b, weight, bias);
      const auto right = torch::autograd::grad({exact}, {a, b, weight, bias}, {dy.to(at::kDouble)});
      const double tolerance = dtype == at::kBFloat16 ? 0.01 : 1e-5;
      EXPECT_LT(distance(y, exact), tolerance);
      for (size_t k = 0; k < found.size(); ++k) EXPECT_LT(distance(found[k], right[k]), tolerance) << k;
    }
}

// With x = 0 and a branch of ones, the sum is the mask.
TEST(ResidualNorm, DropsOfTheBranchAloneAndBackpropagatesThroughTheSame) {
  constexpr int64_t rows = 300, channels = 40;
  auto norm = some_norm(channels, 0.2);
  const auto ones = at::ones({rows, channels});
  norm->reseed(7);
  const auto dropped = norm(at::zeros_like(ones), ones);
  const auto unit = (dropped - norm->bias) / norm->weight;  // above 0 where the branch was kept
  const auto mask = (unit > 0).to(at::kDouble) * 1.25;
  EXPECT_NEAR(mask.mean().item<double>(), 1, 0.02);
  EXPECT_LT(distance(dropped, formula(mask, norm->weight.to(at::kDouble), norm->bias.to(at::kDouble))), 1e-5);

  const auto x = normal({rows, channels}, 3).requires_grad_(), branch = normal({rows, channels}, 4).requires_grad_();
  const auto dy = normal({rows, channels}, 5);
  norm->reseed(7);
  const auto found = torch::autograd::grad({norm(x, branch)}, {x, branch}, {dy});
  const auto a = x.detach().to(at::kDouble).requires_grad_(), b = branch.detach().to(at::kDouble).requires_grad_();
  const auto right = torch::autograd::grad(
      {formula(a + b * mask, norm->weight.detach().to(at::kDouble), norm->bias.detach().to(at::kDouble))}, {a, b},
      {dy.to(at::kDouble)});
  EXPECT_LT(distance(found[0], right[0]), 1e-5);
  EXPECT_LT(distance(found[1], right[1]), 1e-5);

  norm->eval();
  EXPECT_LT(
      distance(norm(x, branch), formula((a + b).detach(), norm->weight.to(at::kDouble), norm->bias.to(at::kDouble))),
      1e-5);
}

TEST(ResidualNorm, GivesTheSameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  auto norm = some_norm(96, 0.1);
  const auto x = normal({700, 96}, 1).to(at::kBFloat16).requires_grad_(), dy = normal({700, 96}, 2).to(at::kBFloat16);
  std::vector<at::Tensor> one;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    norm->reseed(3);
    const auto y = norm(x, x * 2);
    auto found = torch::autograd::grad({y}, {x, norm->weight, norm->bias}, {dy});
    found.push_back(y.detach());
    if (one.empty()) one = found;
    for (size_t k = 0; k < found.size(); ++k) EXPECT_TRUE(found[k].equal(one[k])) << threads << ' ' << k;
  }
  at::set_num_threads(before);
}

TEST(ResidualNorm, IsANormToTheTrainer) {
  ResidualNorm norm(ResidualNormOptions{.channels = 4});
  EXPECT_EQ(norms(*norm).size(), 1u);
  EXPECT_TRUE(is_norm_or_bias(*norm, "weight"));
  EXPECT_THROW(ResidualNorm(ResidualNormOptions{.channels = 4, .dropout = 1}), ConfigError);
  EXPECT_THROW(norm(at::zeros({2, 4}), at::zeros({2, 3})), c10::Error);
}

}  // namespace
}  // namespace tenfold::nn
