// Attention over packed texts against the formula in double precision, for every instruction set's kernel that runs
// here.

#include "tenfold/nn/attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <numeric>

#include "tenfold/core/error.h"
#include "tenfold/nn/kernels/attention.h"
#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

/// The definition, text by text.
at::Tensor formula(const at::Tensor& qkv, const std::vector<int64_t>& starts, int64_t heads) {
  std::vector<at::Tensor> all;
  const int64_t width = qkv.size(1) / 3, depth = width / heads;
  for (size_t k = 0; k + 1 < starts.size(); ++k) {
    const auto text = qkv.slice(0, starts[k], starts[k + 1]);
    std::vector<at::Tensor> seen;
    for (int64_t h = 0; h < heads; ++h) {
      const auto part = [&](int64_t p) { return text.slice(1, p * width + h * depth, p * width + (h + 1) * depth); };
      seen.push_back(at::softmax(part(0).mm(part(1).t()) / std::sqrt(static_cast<double>(depth)), 1).mm(part(2)));
    }
    all.push_back(at::cat(seen, 1));
  }
  return at::cat(all);
}

double distance(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right.to(at::kDouble)).norm() / right.to(at::kDouble).norm()).item<double>();
}

struct Case {
  int64_t heads, depth;
  std::vector<int64_t> starts;
};

TEST(Attention, AgreesWithDoublePrecisionForwardAndBack) {
  for (const auto& [heads, depth, starts] :
       {Case{12, 32, {0, 33, 290, 291, 300}}, Case{2, 64, {0, 100}}, Case{3, 20, {0, 7, 24, 60}}, Case{1, 8, {0, 1}}})
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
      SCOPED_TRACE(testing::Message() << heads << " heads of " << depth << ' ' << dtype);
      Attention attention(AttentionOptions{.heads = heads});
      const auto qkv = (normal({starts.back(), 3 * heads * depth}, 1) * 1.5).to(dtype).requires_grad_();
      const auto dout = normal({starts.back(), heads * depth}, 2).to(dtype);
      const auto out = attention(qkv, starts);
      const auto gradient = torch::autograd::grad({out}, {qkv}, {dout})[0];
      const auto exact = qkv.detach().to(at::kDouble).requires_grad_();
      const auto right = formula(exact, starts, heads);
      const auto right_gradient = torch::autograd::grad({right}, {exact}, {dout.to(at::kDouble)})[0];
      EXPECT_EQ(out.scalar_type(), dtype);
      const double tolerance = dtype == at::kFloat ? 2e-6 : 6e-3;
      EXPECT_LT(distance(out, right), tolerance);
      if (starts.back() > 1) EXPECT_LT(distance(gradient, right_gradient), 2 * tolerance);
      const auto by_operations = attention(exact.detach(), starts);
      EXPECT_LT(distance(by_operations, right), 1e-12);
    }
}

TEST(Attention, GivesTheSameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  const std::vector<int64_t> starts = {0, 40, 75, 80};
  Attention attention(AttentionOptions{.heads = 3, .dropout = 0.3});
  const auto qkv = normal({80, 3 * 48}, 1).to(at::kBFloat16).requires_grad_(),
             dout = normal({80, 48}, 2).to(at::kBFloat16);
  std::vector<at::Tensor> one;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    attention->reseed(5);
    const auto out = attention(qkv, starts);
    const std::vector<at::Tensor> found{out.detach(), torch::autograd::grad({out}, {qkv}, {dout})[0]};
    if (one.empty()) one = found;
    EXPECT_TRUE(found[0].equal(one[0]) && found[1].equal(one[1])) << threads;
  }
  at::set_num_threads(before);
}

// With values that are the identity, a row of the result is the row of weights.
TEST(Attention, DropsWeightsAndBackpropagatesThroughTheSameOnes) {
  constexpr int64_t n = 64;
  Attention attention(AttentionOptions{.heads = 1, .dropout = 0.25});
  auto qkv = normal({n, 3 * n}, 1);
  qkv.slice(1, 2 * n).copy_(at::eye(n));
  attention->reseed(9);
  const auto kept = attention->forward(qkv, {0, n});
  attention->eval();
  const auto whole = attention->forward(qkv, {0, n});
  attention->train();
  const auto mask = kept / whole;  // 0 or 4/3
  EXPECT_LT(((mask - 4.0 / 3).abs().minimum(mask.abs())).max().item<double>(), 1e-3);
  EXPECT_NEAR((mask > 0.5).to(at::kFloat).mean().item<double>(), 0.75, 0.02);
  attention->reseed(9);
  EXPECT_TRUE(attention->forward(qkv, {0, n}).equal(kept));
  EXPECT_FALSE(attention->forward(qkv, {0, n}).equal(kept));  // the next call leaves out others

  // Values apart, the same weights are left out: the gradient of the formula with this mask.
  qkv.slice(1, 2 * n).copy_(normal({n, n}, 3));
  qkv.requires_grad_();
  const auto dout = normal({n, n}, 4);
  attention->reseed(9);
  const auto found = torch::autograd::grad({attention->forward(qkv, {0, n})}, {qkv}, {dout})[0];
  const auto exact = qkv.detach().to(at::kDouble).requires_grad_();
  const auto parts = exact.split(n, 1);
  const auto right =
      (at::softmax(parts[0].mm(parts[1].t()) / std::sqrt(double{n}), 1) * ((mask > 0.5).to(at::kDouble) * (4.0 / 3)))
          .mm(parts[2]);
  EXPECT_LT(distance(found, torch::autograd::grad({right}, {exact}, {dout.to(at::kDouble)})[0]), 1e-5);
}

TEST(Attention, HasOneResultForEveryInstructionSet) {
  constexpr int64_t tokens = 37, heads = 2, depth = 20;
  const auto qkv = normal({tokens, 3 * heads * depth}, 1);
  const auto right = formula(qkv.to(at::kDouble), {0, tokens}, heads);
  for (const char* name : {"avx512", "avx2", "portable"}) {
    const auto* set = kernels(name);
    if (!set) continue;
    auto out = at::zeros({tokens, heads * depth});
    std::vector<float> log_sums(tokens), scratch(static_cast<size_t>(attention_scratch(tokens, depth)));
    for (int64_t head = 0; head < heads; ++head)
      set->fp32.attention_forward({.qkv = qkv.const_data_ptr(),
                                   .out = out.mutable_data_ptr(),
                                   .log_sums = log_sums.data(),
                                   .tokens = tokens,
                                   .heads = heads,
                                   .depth = depth,
                                   .head = head,
                                   .scale = 1 / std::sqrt(static_cast<float>(depth))},
                                  scratch.data());
    EXPECT_LT(distance(out, right), 2e-6) << name;
  }
}

TEST(Attention, ShowsItsWeights) {
  const auto weights = attention_weights(normal({5, 3 * 12}, 1), 3);
  EXPECT_EQ(weights.sizes(), (std::vector<int64_t>{3, 5, 5}));
  EXPECT_LT((weights.sum(2) - 1).abs().max().item<double>(), 1e-6);
}

TEST(Attention, RefusesWhatCannotBe) {
  EXPECT_THROW(Attention(AttentionOptions{.heads = 0}), ConfigError);
  EXPECT_THROW(Attention(AttentionOptions{.dropout = 1}), ConfigError);
  Attention attention(AttentionOptions{.heads = 4});
  EXPECT_THROW(attention->forward(at::zeros({5, 18}), {0, 5}), c10::Error);
  EXPECT_THROW(attention->forward(at::zeros({5, 24}), {0, 4}), c10::Error);
}

}  // namespace
}  // namespace tenfold::nn
