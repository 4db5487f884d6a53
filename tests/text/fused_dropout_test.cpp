#include "tenfold/text/fused_dropout.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

at::Tensor numbers(at::IntArrayRef shape) {
  int64_t n = 1;
  for (const int64_t side : shape) n *= side;
  return (at::sin(at::arange(n, at::kFloat) * 0.7) + 1.5).view(shape);  // none is 0
}

TEST(FusedDropout, AddsABranchThatItThins) {
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    SumDropout layer(0.25);
    layer->train();
    layer->reseed(7);
    const auto x = numbers({300, 40}).to(dtype).requires_grad_(true);  // 40: no vector divides it
    const auto branch = at::full({300, 40}, 3.0).to(dtype).requires_grad_(true);
    const auto out = layer(x, branch);
    const auto added = (out - x).detach().to(at::kFloat);
    const auto dropped = (added.abs() < 0.5), kept = ((added - 4).abs() < 0.05);
    EXPECT_TRUE((dropped | kept).all().item<bool>());
    EXPECT_NEAR(dropped.to(at::kFloat).mean().item<double>(), 0.25, 0.02);
    // Neither rows nor columns share their masks.
    EXPECT_LT((dropped.to(at::kFloat).mean(0) - 0.25).abs().max().item<double>(), 0.12);
    EXPECT_LT((dropped.to(at::kFloat).mean(1) - 0.25).abs().max().item<double>(), 0.35);
    const auto upstream = numbers({300, 40}).to(dtype);
    out.backward(upstream);
    EXPECT_TRUE(at::equal(x.grad(), upstream));
    const auto expected = upstream.to(at::kFloat) * kept.to(at::kFloat) / 0.75;
    EXPECT_TRUE(at::allclose(branch.grad().to(at::kFloat), expected, 1e-2, 1e-6));
  }
}

TEST(FusedDropout, ThinsARelu) {
  ReluDropout layer(0.4);
  layer->train();
  layer->reseed(3);
  const auto x = (numbers({64, 48}) - 1.5).requires_grad_(true);
  const auto out = layer(x);
  const auto positive = x.detach() > 0, kept = out.detach() != 0;
  EXPECT_FALSE((kept & ~positive).any().item<bool>());
  EXPECT_NEAR((kept.sum() / positive.sum().to(at::kFloat)).item<double>(), 0.6, 0.04);
  EXPECT_TRUE(at::allclose(out, at::where(kept, x / 0.6, at::zeros_like(x)), 1e-6, 1e-7));
  out.backward(at::ones_like(out));
  EXPECT_TRUE(at::allclose(x.grad(), kept.to(at::kFloat) / 0.6));
}

TEST(FusedDropout, IsAFunctionOfKeyAndCall) {
  SumDropout layer(0.5);
  layer->train();
  const auto x = numbers({20, 32});
  const auto at_key = [&](uint64_t key) {
    layer->reseed(key);
    return layer(x, x);
  };
  const auto first = at_key(1), second = layer(x, x);
  EXPECT_TRUE(at::equal(first, at_key(1)));
  EXPECT_FALSE(at::equal(first, second));
  EXPECT_FALSE(at::equal(first, at_key(2)));
  layer->eval();
  EXPECT_TRUE(at::equal(layer(x, x), x + x));
  EXPECT_THROW(ReluDropout(1.0), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
