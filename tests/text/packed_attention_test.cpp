#include "tenfold/text/packed_attention.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <functional>

#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {
namespace {

at::Tensor numbers(at::IntArrayRef shape, double phase) {
  int64_t n = 1;
  for (const int64_t side : shape) n *= side;
  return at::sin(at::arange(n, at::kDouble) * 0.7 + phase).view(shape) * 1.5;
}

Starts starts(std::vector<int64_t> ends) { return std::make_shared<const std::vector<int64_t>>(std::move(ends)); }

/// By definition, a sentence and head at a time, in the dtype of the input.
at::Tensor by_definition(const at::Tensor& q, const at::Tensor& kv, const Starts& query_starts,
                         const Starts& key_starts, int64_t heads, Sight sight) {
  const int64_t width = q.size(1) / heads;
  std::vector<at::Tensor> sentences;
  for (size_t n = 0; n + 1 < query_starts->size(); ++n) {
    const auto own = q.slice(0, (*query_starts)[n], (*query_starts)[n + 1]);
    const auto other = kv.slice(0, (*key_starts)[n], (*key_starts)[n + 1]);
    std::vector<at::Tensor> parts;
    for (int64_t h = 0; h < heads; ++h) {
      const auto query = own.narrow(1, h * width, width), key = other.narrow(1, h * width, width),
                 value = other.narrow(1, (heads + h) * width, width);
      auto scores = at::matmul(query, key.t()) / std::sqrt(static_cast<double>(width));
      if (sight == Sight::past) scores = scores.masked_fill(at::ones_like(scores, at::kBool).triu(1), -INFINITY);
      parts.push_back(at::matmul(at::softmax(scores, 1), value));
    }
    sentences.push_back(at::cat(parts, 1));
  }
  return at::cat(sentences, 0);
}

double error(const at::Tensor& got, const at::Tensor& expected) {
  return ((got.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
}

struct Case {
  Starts starts;
  int64_t heads, width;
};

std::vector<Case> cases() {
  return {{starts({0, 5, 6, 23}), 4, 16}, {starts({0, 1}), 2, 32}, {starts({0, 17, 34, 70}), 3, 64}};
}

TEST(PackedAttention, OfASentenceToItselfIsTheDefinition) {
  for (const auto& [places, heads, width] : cases())
    for (const auto sight : {Sight::whole, Sight::past})
      for (const auto dtype : {at::kFloat, at::kBFloat16}) {
        const double close = dtype == at::kFloat ? 1e-5 : 1e-2;
        const auto values = numbers({places->back(), 3 * heads * width}, 0.3).to(dtype).to(at::kDouble);
        const auto exact = values.clone().requires_grad_(true), own = values.to(dtype).requires_grad_(true);
        const auto expected =
            by_definition(exact.narrow(1, 0, heads * width), exact.narrow(1, heads * width, 2 * heads * width), places,
                          places, heads, sight);
        const auto got = self_attention(own, places, heads, sight);
        EXPECT_EQ(got.scalar_type(), dtype);
        EXPECT_LT(error(got, expected), close);
        const auto upstream = numbers({places->back(), heads * width}, 1.1).to(dtype).to(at::kDouble);
        (expected * upstream).sum().backward();
        got.backward(upstream.to(dtype));
        EXPECT_LT(error(own.grad(), exact.grad()), close);
      }
}

TEST(PackedAttention, OfOneSentenceToAnotherIsTheDefinition) {
  const auto queries = starts({0, 4, 5, 25}), keys = starts({0, 9, 27, 28});
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const double close = dtype == at::kFloat ? 1e-5 : 1e-2;
    const auto q = numbers({25, 64}, 0.3).to(dtype).to(at::kDouble),
               kv = numbers({28, 128}, 2).to(dtype).to(at::kDouble);
    const auto exact_q = q.clone().requires_grad_(true), exact_kv = kv.clone().requires_grad_(true);
    const auto own_q = q.to(dtype).requires_grad_(true), own_kv = kv.to(dtype).requires_grad_(true);
    const auto expected = by_definition(exact_q, exact_kv, queries, keys, 2, Sight::whole);
    const auto got = cross_attention(own_q, own_kv, queries, keys, 2);
    EXPECT_LT(error(got, expected), close);
    const auto upstream = numbers({25, 64}, 1.1).to(dtype).to(at::kDouble);
    (expected * upstream).sum().backward();
    got.backward(upstream.to(dtype));
    EXPECT_LT(error(own_q.grad(), exact_q.grad()), close);
    EXPECT_LT(error(own_kv.grad(), exact_kv.grad()), close);
  }
}

TEST(PackedAttention, HoldsWhereScoresAreLarge) {
  const auto places = starts({0, 3});
  const auto qkv = (numbers({3, 48}, 0.2) * 100).to(at::kFloat);
  const auto got = self_attention(qkv, places, 1, Sight::whole);
  EXPECT_TRUE(at::isfinite(got).all().item<bool>());
  const auto exact = qkv.to(at::kDouble);
  EXPECT_LT(error(got, by_definition(exact.narrow(1, 0, 16), exact.narrow(1, 16, 32), places, places, 1, Sight::whole)),
            1e-4);
}

TEST(PackedAttention, RefusesWhatDoesNotFit) {
  EXPECT_THROW(self_attention(numbers({4, 72}, 0).to(at::kFloat), starts({0, 4}), 2, Sight::whole), c10::Error);
  EXPECT_THROW(self_attention(numbers({4, 96}, 0).to(at::kFloat), starts({0, 5}), 2, Sight::whole), c10::Error);
  EXPECT_THROW(self_attention(numbers({4, 96}, 0), starts({0, 4}), 2, Sight::whole), c10::Error);
}

TEST(PackedAttention, KernelsOfAllInstructionSetsAgree) {
  const std::vector<int64_t> places = {0, 7, 27};
  const auto qkv = numbers({27, 3 * 32}, 0.4).to(at::kFloat);
  at::Tensor first;
  for (const auto* name : {"portable", "avx2", "avx512"}) {
    const auto* set = kernels(name);
    if (!set) continue;
    auto out = at::empty({27, 32}), sums = at::empty({27, 2});
    const float* base = qkv.const_data_ptr<float>();
    const PackedAttention pass{.query = base,
                               .key = base + 32,
                               .value = base + 64,
                               .query_stride = 96,
                               .key_stride = 96,
                               .query_starts = places.data(),
                               .key_starts = places.data(),
                               .heads = 2,
                               .width = 16,
                               .scale = 0.25f,
                               .causal = true,
                               .most_queries = 20,
                               .most_keys = 20,
                               .log_sums = sums.mutable_data_ptr<float>()};
    std::vector<float> scratch(static_cast<size_t>(set->fp32.attention_scratch(pass)));
    set->fp32.attention_forward(pass, out.mutable_data_ptr(), 0, 4, scratch.data());
    if (!first.defined()) first = out;
    EXPECT_LT((out - first).abs().max().item<double>(), 1e-5) << name;
  }
}

}  // namespace
}  // namespace tenfold::text
