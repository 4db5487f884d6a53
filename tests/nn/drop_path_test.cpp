// Stochastic depth: shares, means, keys, gradients, and rates along a network.

#include "tenfold/nn/drop_path.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/nn/modules/container/modulelist.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

TEST(DropPath, KeepsOrLeavesOutWholeItems) {
  DropPath drop(0.25);
  const auto x = at::full({4000, 3, 2, 2}, 5.0), branch = at::ones({4000, 3, 2, 2});
  const auto added = drop(x, branch) - x;
  const auto first = added.select(1, 0).select(1, 0).select(1, 0);
  EXPECT_TRUE(added.equal(first.view({4000, 1, 1, 1}).expand_as(added)));
  EXPECT_TRUE(((first == 0) | ((first - 4.0 / 3).abs() < 1e-6)).all().item<bool>());
  EXPECT_NEAR((first == 0).to(at::kDouble).mean().item<double>(), 0.25, 4 * std::sqrt(0.25 * 0.75 / 4000));
  EXPECT_NEAR(added.mean().item<double>(), 1, 4 * std::sqrt(0.25 / 0.75 / 4000));  // variance p / (1 - p)
}

TEST(DropPath, IsASumWhereNothingIsLeftOut) {
  DropPath drop(0.9), never;
  const auto x = at::arange(12).to(at::kFloat).view({3, 4}), branch = x * 2;
  EXPECT_FALSE(never->drops());
  EXPECT_TRUE(never(x, branch).equal(x * 3));
  EXPECT_TRUE(drop->drops());
  drop->eval();
  EXPECT_FALSE(drop->drops());
  EXPECT_TRUE(drop(x, branch).equal(x * 3));
}

TEST(DropPath, IsAFunctionOfKeyAndCallForAnyNumberOfThreads) {
  const int before = at::get_num_threads();
  DropPath drop(0.5);
  const auto x = at::zeros({500, 4}), branch = at::ones({500, 4});
  drop->reseed(7);
  const auto first = drop(x, branch), second = drop(x, branch);
  EXPECT_FALSE(first.equal(second));
  at::set_num_threads(3);
  drop->reseed(7);
  EXPECT_TRUE(drop(x, branch).equal(first));
  EXPECT_TRUE(drop(x, branch).equal(second));
  drop->reseed(8);
  EXPECT_FALSE(drop(x, branch).equal(first));
  at::set_num_threads(before);
}

TEST(DropPath, GradientGoesWhereTheBranchWent) {
  DropPath drop(0.5);
  const auto x = at::ones({40, 3}).requires_grad_(), branch = at::ones({40, 3}).requires_grad_();
  const auto y = drop(x, branch);
  const auto gradients = torch::autograd::grad({y.sum()}, {x, branch});
  EXPECT_TRUE(gradients[0].equal(at::ones({40, 3})));
  EXPECT_TRUE(gradients[1].equal(y.detach() - 1));
}

TEST(DropPath, KeepsDtypeAndLayout) {
  DropPath drop(0.5);
  const auto x = at::ones({4, 8, 3, 3}).to(at::kBFloat16).contiguous(at::MemoryFormat::ChannelsLast);
  const auto y = drop(x, x);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(DropPath, RatesRiseOnALine) {
  torch::nn::ModuleList net(DropPath(0), torch::nn::ModuleList(DropPath(0), DropPath(0)));
  EXPECT_EQ(set_drop_path(*net, 0.3), 3);
  const auto rate = [](const std::shared_ptr<torch::nn::Module>& layer) {
    return layer->as<DropPathImpl>()->probability();
  };
  EXPECT_EQ(rate(net->ptr(0)), 0);
  EXPECT_NEAR(rate(net->ptr(1)->as<torch::nn::ModuleList>()->ptr(0)), 0.15, 1e-12);
  EXPECT_NEAR(rate(net->ptr(1)->as<torch::nn::ModuleList>()->ptr(1)), 0.3, 1e-12);
  DropPath alone;
  EXPECT_EQ(set_drop_path(*alone, 0.3), 1);
  EXPECT_NEAR(alone->probability(), 0.3, 1e-12);
  torch::nn::ModuleList none;
  EXPECT_EQ(set_drop_path(*none, 0.3), 0);
}

TEST(DropPath, RefusesWhatIsNoProbability) {
  EXPECT_THROW(DropPath(1.0), ConfigError);
  EXPECT_THROW(DropPath(-0.1), ConfigError);
  EXPECT_THROW(DropPath(std::nan("")), ConfigError);
}

}  // namespace
}  // namespace tenfold::nn
