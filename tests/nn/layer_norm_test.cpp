// Layer normalisation against the formula in double precision.

#include "tenfold/nn/layer_norm.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/nn/model.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

enum class Layout { tokens, maps };

/// y, dx, dweight, dbias.
std::vector<at::Tensor> results(LayerNorm& norm, const at::Tensor& x, const at::Tensor& dy, Layout layout) {
  const auto y = layout == Layout::maps ? norm->over_channels(x) : norm(x);
  auto all = torch::autograd::grad({y}, {x, norm->weight, norm->bias}, {dy});
  all.insert(all.begin(), y.detach());
  return all;
}

/// The same by the formula, in double precision.
std::vector<at::Tensor> reference(const LayerNorm& norm, const at::Tensor& given, const at::Tensor& dy, Layout layout,
                                  double eps) {
  const auto leaf = [](const at::Tensor& t) { return t.detach().to(at::kDouble).requires_grad_(); };
  const auto x = leaf(given), weight = leaf(norm->weight), bias = leaf(norm->bias);
  const auto inside = layout == Layout::maps ? x.movedim(1, -1) : x;
  const auto centred = inside - inside.mean(-1, true);
  const auto scaled = centred / (centred.square().mean(-1, true) + eps).sqrt() * weight + bias;
  const auto y = layout == Layout::maps ? scaled.movedim(-1, 1) : scaled;
  auto all = torch::autograd::grad({y}, {x, weight, bias}, {dy.to(at::kDouble)});
  all.insert(all.begin(), y.detach());
  return all;
}

TEST(LayerNorm, AgreesWithDoublePrecision) {
  for (const auto dtype : {at::kFloat, at::kBFloat16})
    for (const auto layout : {Layout::tokens, Layout::maps})
      for (const int64_t channels : {7, 96, 384}) {
        SCOPED_TRACE(testing::Message() << channels << ' ' << dtype);
        LayerNorm norm(channels, 1e-6);
        {
          const at::NoGradGuard no_grad;
          norm->weight.copy_(normal({channels}, 1).abs() + 0.5);
          norm->bias.copy_(normal({channels}, 2));
        }
        const bool maps = layout == Layout::maps;
        const std::vector<int64_t> shape =
            maps ? std::vector<int64_t>{3, channels, 5, 4} : std::vector<int64_t>{3, 11, channels};
        const auto made = [&](uint64_t seed) {
          const auto t = normal(shape, seed).to(dtype);
          return maps ? t.contiguous(at::MemoryFormat::ChannelsLast) : t;
        };
        const auto x = (made(3) * 2 + 3).requires_grad_(), dy = made(4);
        const auto found = results(norm, x, dy, layout), right = reference(norm, x, dy, layout, 1e-6);
        for (size_t k = 0; k < found.size(); ++k) {
          ASSERT_EQ(found[k].sizes(), right[k].sizes());
          EXPECT_EQ(found[k].scalar_type(), k < 2 ? dtype : at::kFloat);
          EXPECT_LT(((found[k].to(at::kDouble) - right[k]).norm() / right[k].norm()).item<double>(),
                    dtype == at::kFloat ? 1e-5 : 0.01)
              << k;
        }
        if (maps) EXPECT_TRUE(found[0].is_contiguous(at::MemoryFormat::ChannelsLast));
      }
}

// Ten thousand equal rows: a sum in bf16 would stop growing at 256.
TEST(LayerNorm, SumsItsGradientsInFp32) {
  LayerNorm norm(16);
  const auto x = at::arange(16).to(at::kBFloat16).expand({10000, 16}).contiguous().requires_grad_();
  const auto gradients = torch::autograd::grad({norm(x)}, {norm->bias, norm->weight}, {at::ones_like(x)});
  EXPECT_TRUE(gradients[0].equal(at::full({16}, 10000.0)));
  EXPECT_NEAR(gradients[1][15].item<double>() / 10000, 7.5 / std::sqrt(21.25), 1e-3);  // variance (16² - 1) / 12
}

TEST(LayerNorm, GivesTheSameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  LayerNorm norm(96);
  const auto x = normal({700, 96}, 1).to(at::kBFloat16).requires_grad_(), dy = normal({700, 96}, 2).to(at::kBFloat16);
  std::vector<at::Tensor> one;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    const auto found = results(norm, x, dy, Layout::tokens);
    if (one.empty()) one = found;
    for (size_t k = 0; k < found.size(); ++k)
      EXPECT_TRUE(found[k].equal(one[k])) << threads << " threads, result " << k;
  }
  at::set_num_threads(before);
}

TEST(LayerNorm, ComputesInFp32WhateverComesIn) {
  LayerNorm norm(64);
  const auto x = (normal({200, 64}, 1) + 100).to(at::kBFloat16);  // deviation 1 beside a mean of 100
  const auto y = norm(x).to(at::kDouble), exact = norm(x.to(at::kFloat)).to(at::kDouble);
  EXPECT_LT((y - exact).abs().max().item<double>(), 0.02);  // a rounding of the result, no more
}

TEST(LayerNorm, IsANormToTheTrainer) {
  LayerNorm norm(4);
  EXPECT_EQ(norms(*norm).size(), 1u);
  EXPECT_TRUE(is_norm_or_bias(*norm, "weight"));
}

TEST(LayerNorm, RefusesOtherShapes) {
  LayerNorm norm(4);
  EXPECT_THROW(norm->over_channels(at::zeros({1, 3, 2, 2})), c10::Error);
  EXPECT_THROW(norm(at::zeros({2, 3})), c10::Error);
  EXPECT_THROW(LayerNorm(0), ConfigError);
}

}  // namespace
}  // namespace tenfold::nn
