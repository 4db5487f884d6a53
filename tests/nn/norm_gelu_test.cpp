// NormGelu against the same computation in double precision.

#include "tenfold/nn/norm_gelu.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat))
      .contiguous(at::MemoryFormat::ChannelsLast);
}

struct Case {
  std::vector<int64_t> shape;
  at::ScalarType dtype = at::kFloat;
  Pool pool = Pool::none;
  bool training = true;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << at::IntArrayRef(c.shape) << ' ' << c.dtype << (c.pool == Pool::none ? "" : " pooled")
             << (c.training ? " training" : " frozen");
}

struct Inputs {
  std::shared_ptr<NormGeluImpl> norm;
  at::Tensor x, dy;
};

Inputs inputs(const Case& c) {
  Inputs made{.norm = std::make_shared<NormGeluImpl>(
                  NormGeluOptions{.channels = c.shape[1], .pool = c.pool, .eps = 1e-3, .momentum = 0.4}),
              .x = (normal(c.shape, 5) * 2 + 3).to(c.dtype).requires_grad_(),
              .dy = {}};
  made.norm->train(c.training);
  auto out = c.shape;
  if (c.pool == Pool::largest_of_four) out[2] /= 2, out[3] /= 2;
  made.dy = normal(out, 7).to(c.dtype);
  const at::NoGradGuard no_grad;
  made.norm->bias.copy_(at::linspace(-1, 1, c.shape[1]));
  made.norm->running_mean.copy_(at::linspace(2, 4, c.shape[1]));
  made.norm->running_var.copy_(at::linspace(1, 5, c.shape[1]));
  return made;
}

/// y, dx, dbias.
std::vector<at::Tensor> results(const Inputs& in) {
  const auto y = in.norm->forward(in.x);
  auto all = torch::autograd::grad({y}, {in.x, in.norm->bias}, {in.dy});
  all.insert(all.begin(), y.detach());
  return all;
}

std::vector<at::Tensor> reference(const Inputs& in) {
  const auto x = in.x.detach().to(at::kDouble).requires_grad_(),
             bias = in.norm->bias.detach().to(at::kDouble).requires_grad_();
  const auto pooled = in.norm->options().pool == Pool::none ? x : at::max_pool2d(x, {2, 2});
  const auto y =
      at::gelu(at::batch_norm(pooled, in.norm->weight.to(at::kDouble), bias, in.norm->running_mean.to(at::kDouble),
                              in.norm->running_var.to(at::kDouble), in.norm->is_training(), 0.4, 1e-3, false));
  auto all = torch::autograd::grad({y}, {x, bias}, {in.dy.to(at::kDouble)});
  all.insert(all.begin(), y.detach());
  return all;
}

TEST(NormGelu, AgreesWithDoublePrecision) {
  const std::vector<std::vector<int64_t>> shapes{{4, 64, 9, 7}, {3, 16, 2, 2}, {2, 144, 6, 5}, {5, 10, 4, 4}};
  for (const auto& shape : shapes)
    for (const auto dtype : {at::kFloat, at::kBFloat16})
      for (const auto pool : {Pool::none, Pool::largest_of_four})
        for (const bool training : {true, false}) {
          const Case c{shape, dtype, pool, training};
          SCOPED_TRACE(testing::PrintToString(c));
          const auto right = reference(inputs(c)), found = results(inputs(c));
          for (size_t i = 0; i < right.size(); ++i) {
            SCOPED_TRACE(i);
            ASSERT_EQ(found[i].sizes(), right[i].sizes());
            const double error = (found[i].to(at::kDouble) - right[i]).norm().item<double>();
            EXPECT_LT(error, (dtype == at::kFloat ? 2e-6 : 0.01) * right[i].norm().item<double>() + 1e-12);
          }
        }
}

TEST(NormGelu, FollowsGeluToFloatPrecision) {  // over its whole range, the norm being the identity
  NormGelu layer(NormGeluOptions{.channels = 1, .eps = 0});
  layer->eval();
  const auto x = at::linspace(-12, 12, 48001).view({1, 1, -1, 1});
  const at::NoGradGuard no_grad;
  const auto right = at::gelu(x.to(at::kDouble));
  EXPECT_LT((layer(x).to(at::kDouble) - right).abs().max().item<double>(), 2e-6);
}

TEST(NormGelu, GradientGoesToTheFirstOfEqualPixels) {
  NormGelu layer(NormGeluOptions{.channels = 16, .pool = Pool::largest_of_four});
  layer->eval();
  const auto x = at::ones({1, 16, 2, 3}).contiguous(at::MemoryFormat::ChannelsLast).requires_grad_();
  const auto dx = torch::autograd::grad({layer(x).sum()}, {x})[0][0][0];
  EXPECT_NEAR(dx[0][0].item<double>(), 0.5 * (1 + std::erf(std::sqrt(0.5))) + std::exp(-0.5) / std::sqrt(2 * M_PI),
              1e-4);
  EXPECT_EQ(dx.count_nonzero().item<int64_t>(), 1);  // the odd last column gets nothing
}

TEST(NormGelu, TracksStatisticsOfWhatItNormalises) {
  const auto in = inputs({.shape = {4, 32, 6, 6}, .pool = Pool::largest_of_four});
  const auto mean = in.norm->running_mean.clone(), variance = in.norm->running_var.clone();
  in.norm->forward(in.x);
  const auto pooled = at::max_pool2d(in.x.detach(), {2, 2});
  EXPECT_TRUE(at::allclose(in.norm->running_mean, mean * 0.6 + pooled.mean({0, 2, 3}) * 0.4, 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(in.norm->running_var, variance * 0.6 + pooled.var({0, 2, 3}, true) * 0.4, 1e-5, 1e-6));
  EXPECT_EQ(in.norm->num_batches_tracked.item<int64_t>(), 1);
}

TEST(NormGelu, SameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  const Case c{{16, 64, 30, 31}, at::kBFloat16, Pool::largest_of_four};
  at::set_num_threads(1);
  const auto one = results(inputs(c));
  for (const int threads : {2, 3}) {
    at::set_num_threads(threads);
    const auto many = results(inputs(c));
    for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(one[i].equal(many[i])) << threads << " threads, result " << i;
  }
  at::set_num_threads(before);
}

TEST(NormGelu, ShowsWhatIsNotANumber) {
  for (const auto pool : {Pool::none, Pool::largest_of_four}) {
    const auto in = inputs({.shape = {2, 16, 4, 4}, .pool = pool, .training = false});
    auto x = in.x.detach().clone();
    x[1][2][0][1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(in.norm->forward(x).isnan().sum().item<int64_t>(), 1);
  }
}

TEST(NormGelu, RefusesWhatItCannotPool) {
  NormGelu layer(NormGeluOptions{.channels = 16, .pool = Pool::largest_of_four});
  EXPECT_THROW(layer(at::zeros({2, 16, 1, 4})), c10::Error);
  EXPECT_THROW(layer(at::zeros({2, 8, 4, 4})), c10::Error);
  EXPECT_THROW(NormGelu(NormGeluOptions{}), ConfigError);
}

}  // namespace
}  // namespace tenfold::nn
