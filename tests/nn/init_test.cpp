#include "tenfold/nn/init.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/container/modulelist.h>

#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/model.h"
#include "tenfold/nn/norm_act.h"

namespace tenfold::nn {
namespace {

TEST(Initialise, KeepsTheVarianceOfTheFan) {
  const auto deviation = [](const at::Tensor& t) { return t.std().item<double>(); };
  auto weight = at::empty({128, 64, 3, 3});
  kaiming_normal(weight, Fan::in, 1, 1, "a");
  EXPECT_NEAR(deviation(weight), std::sqrt(2.0 / (64 * 9)), 0.01 * std::sqrt(2.0 / (64 * 9)));
  EXPECT_NEAR(weight.mean().item<double>(), 0, 1e-3);
  kaiming_normal(weight, Fan::out, 1, 1, "a");
  EXPECT_NEAR(deviation(weight), std::sqrt(2.0 / (128 * 9)), 0.01 * std::sqrt(2.0 / (128 * 9)));
  auto depthwise = at::empty({4096, 1, 3, 3});
  kaiming_normal(depthwise, Fan::out, 4096, 1, "a");
  EXPECT_NEAR(deviation(depthwise), std::sqrt(2.0 / 9), 0.02 * std::sqrt(2.0 / 9));
}

TEST(Initialise, DependsOnSeedAndNameOnly) {
  const int before = at::get_num_threads();
  const auto drawn = [](uint64_t seed, std::string_view name, int threads, at::MemoryFormat format) {
    at::set_num_threads(threads);
    auto weight = at::empty({256, 32, 3, 3}, at::TensorOptions(at::kFloat), format);
    kaiming_normal(weight, Fan::in, 1, seed, name);
    return weight;
  };
  const auto first = drawn(1, "conv.weight", 1, at::MemoryFormat::Contiguous);
  EXPECT_TRUE(drawn(1, "conv.weight", 3, at::MemoryFormat::ChannelsLast).equal(first));
  EXPECT_FALSE(drawn(2, "conv.weight", 1, at::MemoryFormat::Contiguous).equal(first));
  EXPECT_FALSE(drawn(1, "conv2.weight", 1, at::MemoryFormat::Contiguous).equal(first));
  EXPECT_FALSE(first[0].equal(first[1]));
  at::set_num_threads(before);
}

TEST(Initialise, SetsEveryLayer) {
  torch::nn::ModuleList net(Conv2d(ConvOptions{.in = 2, .out = 3, .bias = true}),
                            NormAct(NormActOptions{.channels = 3}), Linear(4, 2));
  {
    const at::NoGradGuard no_grad;
    for (auto& parameter : net->parameters()) parameter.fill_(9);
    for (auto& buffer : net->buffers()) buffer.fill_(9);
  }
  initialise(*net, 3);
  auto* conv = net[0]->as<Conv2dImpl>();
  auto* norm = net[1]->as<NormActImpl>();
  auto* linear = net[2]->as<LinearImpl>();
  EXPECT_LT(conv->weight.abs().max().item<float>(), 3);
  EXPECT_LT(linear->weight.abs().max().item<float>(), 5);
  EXPECT_TRUE(conv->bias.equal(at::zeros({3})));
  EXPECT_TRUE(linear->bias.equal(at::zeros({2})));
  EXPECT_TRUE(norm->weight.equal(at::ones({3})));
  EXPECT_TRUE(norm->bias.equal(at::zeros({3})));
  EXPECT_TRUE(norm->running_mean.equal(at::zeros({3})));
  EXPECT_TRUE(norm->running_var.equal(at::ones({3})));
  EXPECT_EQ(norm->num_batches_tracked.item<int64_t>(), 0);
}

TEST(Initialise, NarrowIgnoresTheFan) {
  torch::nn::ModuleList net(Conv2d(ConvOptions{.in = 64, .out = 128}), Linear(1000, 50), LayerNorm(3));
  net->register_parameter("pos_embed", at::zeros({1, 50, 100}));
  net[2]->as<LayerNormImpl>()->bias.data().fill_(9);
  initialise(*net, 3, Start::narrow);
  const auto parameters = net->named_parameters();
  for (const char* name : {"0.weight", "1.weight", "pos_embed"}) {
    EXPECT_NEAR(parameters[name].std().item<double>(), 0.02, 0.001) << name;
    EXPECT_NEAR(parameters[name].mean().item<double>(), 0, 0.001) << name;
  }
  EXPECT_TRUE(parameters["1.bias"].equal(at::zeros({50})));
  EXPECT_TRUE(parameters["2.bias"].equal(at::zeros({3})));
}

TEST(Model, TellsNormsAndBiases) {
  torch::nn::ModuleList net(Conv2d(ConvOptions{.in = 2, .out = 3, .bias = true}),
                            torch::nn::ModuleList(NormAct(NormActOptions{.channels = 3})));
  const auto found = norms(*net);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(is_norm_or_bias(*found[0], "weight"));
  EXPECT_TRUE(is_norm_or_bias(*net[0], "bias"));
  EXPECT_FALSE(is_norm_or_bias(*net[0], "weight"));
  for (const char* name : {"layer_scale", "cls_token", "pos_embed", "body.pos_embed"})
    EXPECT_TRUE(is_norm_or_bias(*net, name)) << name;
}

}  // namespace
}  // namespace tenfold::nn
