// The head against fastai's, numbers from tools/reference_nn.py.

#include "tenfold/nn/head.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

/// The script's weights and images.
HeadImpl fixed_head() {
  HeadImpl head({.features = 8, .outputs = 3, .hidden = {6}, .dropout = {0}}, 1);
  const at::NoGradGuard no_grad;
  for (auto& parameter : head.parameters())
    if (parameter.dim() == 2)
      parameter.copy_(((at::arange(parameter.numel()) * 7).remainder(11) - 5).view(parameter.sizes()) / 10.0);
  return head;
}

at::Tensor fixed_images() { return (at::arange(32) * 5).remainder(13).to(at::kFloat).view({2, 4, 2, 2}) / 3; }

TEST(Head, GivesFastaisLogits) {
  auto head = fixed_head();
  const auto features = concat_pool(fixed_images());
  head.eval();
  const auto in_evaluation =
      at::tensor({0.5165616, 0.3857295, 0.136612, 0.4540621, 0.4590621, 0.1716116}, at::kFloat).view({2, 3});
  EXPECT_TRUE(at::allclose(head.forward(features), in_evaluation, 1e-5, 1e-6));
  head.train();
  const auto in_training =
      at::tensor({0.1001281, 0.0912614, 0.0970637, -0.1005281, -0.0918614, -0.0956637}, at::kFloat).view({2, 3});
  EXPECT_TRUE(at::allclose(head.forward(features), in_training, 1e-4, 1e-5));
}

TEST(Head, HasFastaisParameters) {
  HeadImpl modern({.features = 1024, .outputs = 10}, 1);  // fastai's resnet18 head: 532480
  int64_t count = 0;
  for (const auto& parameter : modern.parameters()) count += parameter.numel();
  EXPECT_EQ(count, 532480);
  const auto named = modern.named_parameters();
  EXPECT_TRUE(named["norm1.bias"].equal(at::full({1024}, 1e-3)));
  EXPECT_EQ(named["linear2.weight"].sizes(), (std::vector<int64_t>{10, 512}));
  EXPECT_FALSE(named.contains("linear1.bias"));
  EXPECT_NEAR(named["linear1.weight"].std().item<double>(), std::sqrt(2.0 / 1024), 1e-3);

  HeadImpl legacy({.features = 8, .outputs = 2, .legacy = true}, 1);
  EXPECT_TRUE(legacy.named_parameters()["norm1.bias"].equal(at::zeros({8})));
  EXPECT_TRUE(legacy.named_parameters()["linear2.bias"].equal(at::zeros({2})));
}

double share_dropped(HeadImpl& head, const std::string& name) {
  auto dropout = std::dynamic_pointer_cast<DropoutImpl>(head.named_modules("", false)[name]);
  return (dropout->forward(at::ones({100000})) == 0).to(at::kDouble).mean().item<double>();
}

TEST(Head, OneDropoutIsHalvedForHiddenLayersUnlessLegacy) {
  auto modern = std::make_shared<HeadImpl>(HeadOptions{.features = 8, .outputs = 2, .dropout = {0.5}}, 1);
  EXPECT_NEAR(share_dropped(*modern, "dropout1"), 0.25, 0.01);
  EXPECT_NEAR(share_dropped(*modern, "dropout2"), 0.5, 0.01);
  auto legacy =
      std::make_shared<HeadImpl>(HeadOptions{.features = 8, .outputs = 2, .dropout = {0.5}, .legacy = true}, 1);
  EXPECT_NEAR(share_dropped(*legacy, "dropout1"), 0.5, 0.01);
  auto none = std::make_shared<HeadImpl>(HeadOptions{.features = 8, .outputs = 2, .dropout = {0, 0.5}}, 1);
  EXPECT_FALSE(none->named_modules("", false).contains("dropout1"));
}

TEST(Head, ComputesInSinglePrecision) {
  HeadImpl head({.features = 8, .outputs = 3, .hidden = {}, .dropout = {0.5}}, 1);
  head.eval();
  EXPECT_EQ(head.parameters().size(), 3u);
  EXPECT_EQ(head.forward(at::ones({2, 8}, at::kBFloat16)).scalar_type(), at::kFloat);
}

TEST(Head, ACopyIsACopy) {
  auto head = std::make_shared<HeadImpl>(HeadOptions{.features = 8, .outputs = 3}, 1);
  {
    const at::NoGradGuard no_grad;
    head->named_parameters()["linear2.weight"].fill_(2);
  }
  auto copy = std::dynamic_pointer_cast<HeadImpl>(head->clone());
  ASSERT_TRUE(copy);
  head->eval();
  copy->eval();
  const auto x = at::ones({2, 8});
  EXPECT_TRUE(copy->forward(x).equal(head->forward(x)));
  const at::NoGradGuard no_grad;
  head->named_parameters()["linear2.weight"].fill_(3);
  EXPECT_FALSE(copy->forward(x).equal(head->forward(x)));
}

TEST(Head, SaysWhatCannotWork) {
  EXPECT_THROW(HeadImpl({.features = 8, .outputs = 0}, 1), ConfigError);
  EXPECT_THROW(HeadImpl({.features = 8, .outputs = 2, .hidden = {0}}, 1), ConfigError);
  try {
    HeadImpl({.features = 8, .outputs = 2, .hidden = {}, .dropout = {0.25, 0.5}}, 1);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "head.dropout");
  }
  HeadImpl head({.features = 8, .outputs = 2}, 1);
  EXPECT_THROW(head.forward(at::ones({1, 8})), ConfigError);
}

TEST(Pool, MaximumThenMean) {
  const auto x = at::tensor({1.0f, 2.0f, 3.0f, 6.0f, -1.0f, -1.0f, -3.0f, -3.0f}).view({1, 2, 2, 2});
  EXPECT_TRUE(concat_pool(x).equal(at::tensor({6.0f, -1.0f, 3.0f, -2.0f}).view({1, 4})));
  EXPECT_TRUE(mean_pool(x).equal(at::tensor({3.0f, -2.0f}).view({1, 2})));
  EXPECT_EQ(concat_pool(x.to(at::kBFloat16)).scalar_type(), at::kFloat);
}

TEST(Pool, GradientOfATieGoesToOnePixel) {
  const auto x = at::zeros({1, 1, 2, 2}).requires_grad_();
  const auto dx = torch::autograd::grad({concat_pool(x).select(1, 0).sum()}, {x})[0];
  EXPECT_EQ((dx != 0).sum().item<int64_t>(), 1);
}

}  // namespace
}  // namespace tenfold::nn
