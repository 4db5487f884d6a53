// Convolution, linear and dropout against torch's own, and what a seed promises.

#include "tenfold/nn/layers.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/nn/modules/container/modulelist.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/init.h"

namespace tenfold::nn {
namespace {

at::Tensor normal(at::IntArrayRef shape, uint64_t seed) {
  return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

at::Tensor images(at::IntArrayRef shape, uint64_t seed, at::ScalarType dtype) {
  return normal(shape, seed).to(dtype).contiguous(at::MemoryFormat::ChannelsLast);
}

double relative_error(const at::Tensor& found, const at::Tensor& right) {
  return ((found.to(at::kDouble) - right).norm() / right.norm()).item<double>();
}

/// y, dx, dweight of a convolution in double precision, the padding laid around x by hand.
std::vector<at::Tensor> reference(const ConvOptions& o, const at::Tensor& weight, const at::Tensor& given,
                                  const at::Tensor& dy) {
  const auto x = given.detach().to(at::kDouble).requires_grad_(), w = weight.detach().to(at::kDouble).requires_grad_();
  const auto sides = [&](int64_t size, int64_t kernel) -> std::array<int64_t, 2> {
    if (!o.same) return {o.padding, o.padding};
    const int64_t total = std::max<int64_t>(((size + o.stride - 1) / o.stride - 1) * o.stride + kernel - size, 0);
    return {total / 2, (total + 1) / 2};
  };
  const auto [top, bottom] = sides(x.size(2), w.size(2));
  const auto [left, right] = sides(x.size(3), w.size(3));
  const auto padded = at::constant_pad_nd(x, std::array{left, right, top, bottom});
  const auto y = at::conv2d(padded, w, {}, std::array{o.stride, o.stride}, std::array<int64_t, 2>{0, 0},
                            std::array<int64_t, 2>{1, 1}, o.groups);
  const auto gradient = dy.defined() ? dy.to(at::kDouble) : at::ones_like(y);
  auto all = torch::autograd::grad({y}, {x, w}, {gradient});
  all.insert(all.begin(), y.detach());
  return all;
}

TEST(Conv2d, AgreesWithDoublePrecision) {
  const std::vector<ConvOptions> kinds{
      {.in = 3, .out = 8, .kernel = 3, .stride = 2, .same = true},
      {.in = 8, .out = 6, .kernel = 1},
      {.in = 8, .out = 6, .kernel = 1, .kernel_width = 7, .same = true},
      {.in = 12, .out = 12, .kernel = 3, .kernel_width = 1, .groups = 12, .same = true},
      {.in = 8, .out = 12, .kernel = 3, .padding = 1, .groups = 2},
      {.in = 48, .out = 48, .kernel = 3, .padding = 1, .groups = 48},
      {.in = 80, .out = 80, .kernel = 3, .stride = 2, .groups = 80, .same = true},
      {.in = 24, .out = 24, .kernel = 5, .groups = 24, .same = true},
      {.in = 144, .out = 144, .kernel = 5, .stride = 2, .groups = 144, .same = true},
      {.in = 16, .out = 16, .kernel = 7, .padding = 3, .groups = 16},
      {.in = 5, .out = 5, .kernel = 3, .stride = 3, .padding = 1, .groups = 5},
  };
  for (const auto& o : kinds)
    for (const auto dtype : {at::kFloat, at::kBFloat16})
      for (const auto& side : {std::array<int64_t, 2>{12, 9}, std::array<int64_t, 2>{7, 8}}) {
        SCOPED_TRACE(testing::Message() << o.in << "->" << o.out << " kernel " << o.kernel << " stride " << o.stride
                                        << ' ' << dtype << ' ' << side[0]);
        Conv2d conv(o);
        initialise(*conv, 1);
        const auto x = images({3, o.in, side[0], side[1]}, 2, dtype).requires_grad_();
        const auto y = conv(x);
        EXPECT_EQ(y.scalar_type(), dtype);
        EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
        const auto dy = images(y.sizes(), 3, dtype);
        const auto right = reference(o, conv->weight, x, dy);
        auto found = torch::autograd::grad({y}, {x, conv->weight}, {dy});
        found.insert(found.begin(), y);
        EXPECT_EQ(found[2].scalar_type(), at::kFloat);
        for (size_t i = 0; i < 3; ++i) {
          ASSERT_EQ(found[i].sizes(), right[i].sizes());
          EXPECT_LT(relative_error(found[i], right[i]), dtype == at::kFloat ? 1e-5 : 0.01) << i;
        }
      }
}

// ConvNeXt's: two vectors of channels at a time, and a rest.
TEST(Conv2d, DepthwiseOfSevenBySevenWithBiasAgreesWithDoublePrecision) {
  for (const auto dtype : {at::kFloat, at::kBFloat16})
    for (const int64_t channels : {96, 72}) {
      SCOPED_TRACE(testing::Message() << channels << ' ' << dtype);
      Conv2d conv(
          ConvOptions{.in = channels, .out = channels, .kernel = 7, .padding = 3, .groups = channels, .bias = true});
      initialise(*conv, 1);
      {
        const at::NoGradGuard no_grad;
        conv->bias.copy_(normal({channels}, 4));
      }
      const auto x = images({3, channels, 11, 4}, 2, dtype).requires_grad_(),
                 dy = images({3, channels, 11, 4}, 3, dtype);
      const auto leaf = [](const at::Tensor& t) { return t.detach().to(at::kDouble).requires_grad_(); };
      const auto exact_x = leaf(x), weight = leaf(conv->weight), bias = leaf(conv->bias);
      const auto right = at::conv2d(exact_x, weight, bias, 1, 3, 1, channels), y = conv(x);
      auto found = torch::autograd::grad({y}, {x, conv->weight, conv->bias}, {dy});
      auto wanted = torch::autograd::grad({right}, {exact_x, weight, bias}, {dy.to(at::kDouble)});
      found.push_back(y);
      wanted.push_back(right);
      for (size_t k = 0; k < found.size(); ++k)
        EXPECT_LT(relative_error(found[k], wanted[k]), dtype == at::kFloat ? 1e-5 : 0.01) << k;
    }
}

TEST(Conv2d, SameGivesOnePlaceForEachStride) {
  Conv2d conv(ConvOptions{.in = 4, .out = 4, .kernel = 3, .stride = 2, .groups = 4, .same = true});
  for (const int64_t size : {1, 2, 5, 6, 224}) EXPECT_EQ(conv(at::zeros({1, 4, size, size})).size(3), (size + 1) / 2);
}

TEST(Conv2d, DepthwiseGivesTheSameBitsForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  Conv2d conv(ConvOptions{.in = 96, .out = 96, .kernel = 5, .stride = 2, .groups = 96, .same = true});
  initialise(*conv, 1);
  const auto x = images({6, 96, 30, 30}, 2, at::kBFloat16).requires_grad_();
  std::vector<at::Tensor> one;
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    const auto y = conv(x);
    auto found = torch::autograd::grad({y.to(at::kFloat).square().sum()}, {x, conv->weight});
    found.push_back(y);
    if (one.empty()) one = found;
    for (size_t i = 0; i < found.size(); ++i)
      EXPECT_TRUE(found[i].equal(one[i])) << threads << " threads, result " << i;
  }
  at::set_num_threads(before);
}

TEST(Conv2d, AddsItsBias) {
  for (const int64_t groups : {1, 4}) {
    Conv2d conv(ConvOptions{.in = 4, .out = 4, .kernel = 3, .groups = groups, .bias = true});
    at::NoGradGuard no_grad;
    conv->bias.copy_(at::arange(4));
    EXPECT_TRUE(conv(at::ones({1, 4, 3, 3})).flatten().equal(at::arange(4).to(at::kFloat)));
  }
}

TEST(Conv2d, RefusesWhatCannotWork) {
  EXPECT_THROW(Conv2d(ConvOptions{}), ConfigError);
  EXPECT_THROW(Conv2d(ConvOptions{.in = 6, .out = 4, .groups = 4}), ConfigError);
  EXPECT_THROW(Conv2d(ConvOptions{.in = 4, .out = 4, .kernel = 1, .kernel_width = 3, .padding = 1}), ConfigError);
  Conv2d conv(ConvOptions{.in = 4, .out = 4, .groups = 4});
  EXPECT_THROW(conv(at::zeros({1, 3, 8, 8})), c10::Error);
  EXPECT_THROW(conv(at::zeros({1, 4, 2, 8})), c10::Error);
}

TEST(Linear, ComputesInTheInputsDtype) {
  Linear linear(3, 2);
  {
    const at::NoGradGuard no_grad;
    linear->weight.copy_(at::tensor({1.0, 2.0, 3.0, -1.0, 0.5, 0.0}).view({2, 3}));
    linear->bias.copy_(at::tensor({0.5, -0.5}));
  }
  const auto x = at::tensor({1.0f, 1.0f, 2.0f}).view({1, 3});
  EXPECT_TRUE(linear(x).equal(at::tensor({9.5f, -1.0f}).view({1, 2})));
  const auto y = linear(x.to(at::kBFloat16));
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_EQ(torch::autograd::grad({y.sum()}, {linear->weight})[0].scalar_type(), at::kFloat);
  EXPECT_FALSE(Linear(3, 2, false)->bias.defined());
}

TEST(Dropout, ZeroesTheShareAndScalesTheRest) {
  Dropout dropout(0.3);
  const auto y = dropout(at::ones({200, 1000}));
  const double zeros = (y == 0).to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(zeros, 0.3, 4 * std::sqrt(0.3 * 0.7 / 200000));
  EXPECT_TRUE(((y == 0) | (y == static_cast<float>(1 / 0.7))).all().item<bool>());
}

TEST(Dropout, EvaluationDrawsNothing) {
  Dropout dropout(0.9);
  dropout->eval();
  const auto x = normal({4, 5}, 1);
  EXPECT_TRUE(dropout(x).is_same(x));
}

TEST(Dropout, MaskDependsOnKeyAndCallOnly) {
  const int before = at::get_num_threads();
  const auto x = at::ones({101, 1001});
  Dropout dropout(0.5);
  dropout->reseed(7);
  at::set_num_threads(1);
  const auto first = dropout(x), second = dropout(x);
  at::set_num_threads(3);
  dropout->reseed(7);
  EXPECT_TRUE(dropout(x).equal(first));
  EXPECT_TRUE(dropout(x).equal(second));
  EXPECT_FALSE(first.equal(second));
  dropout->reseed(8);
  EXPECT_FALSE(dropout(x).equal(first));
  at::set_num_threads(before);
}

TEST(Dropout, LeavesTheGlobalGeneratorAlone) {
  const auto generator = at::globalContext().defaultGenerator(at::kCPU);
  const auto before = generator.get_state();
  Dropout(0.5)->forward(at::ones({1000}));
  EXPECT_TRUE(generator.get_state().equal(before));
}

TEST(Dropout, GradientPassesWhereTheValueDid) {
  Dropout dropout(0.5);
  const auto x = at::ones({50}).requires_grad_();
  const auto y = dropout(x);
  EXPECT_TRUE(torch::autograd::grad({y.sum()}, {x})[0].equal(y));
}

TEST(Dropout, RefusesWhatIsNoProbability) {
  EXPECT_THROW(Dropout(1.0), ConfigError);
  EXPECT_THROW(Dropout(-0.1), ConfigError);
  EXPECT_THROW(Dropout(std::nan("")), ConfigError);
}

TEST(Reseed, GivesEveryLayerItsOwnMasks) {
  torch::nn::ModuleList net(Dropout(0.5), torch::nn::ModuleList(Dropout(0.5)));
  auto& first = *net[0]->as<DropoutImpl>();
  auto& second = *net[1]->as<torch::nn::ModuleList>()->ptr(0)->as<DropoutImpl>();
  const auto x = at::ones({1000});
  reseed(*net, 1, 5);
  const auto a = first.forward(x), b = second.forward(x);
  EXPECT_FALSE(a.equal(b));
  reseed(*net, 1, 5);
  EXPECT_TRUE(first.forward(x).equal(a));
  EXPECT_TRUE(second.forward(x).equal(b));
  reseed(*net, 1, 6);
  EXPECT_FALSE(first.forward(x).equal(a));
  reseed(*net, 2, 5);
  EXPECT_FALSE(first.forward(x).equal(a));
}

}  // namespace
}  // namespace tenfold::nn
