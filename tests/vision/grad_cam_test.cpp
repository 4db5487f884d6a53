// Grad-CAM against closed forms: plain class activation maps, and gradients worked out by hand.

#include "tenfold/vision/grad_cam.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/head.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/learner.h"
#include "tenfold/vision/map_model.h"
#include "tests/train/small.h"

namespace tenfold::vision {
namespace {

/// The maps are the picture itself; pooling is `Pool`; the head one linear layer without bias.
class Window : public MapModel {
 public:
  enum class Pool { mean, max };
  Window(Pool pool, at::Tensor weight) : pool_(pool) {
    linear_ = register_module("linear", nn::Linear(weight.size(1), weight.size(0), /*bias=*/false));
    const torch::NoGradGuard no_grad;
    linear_->weight.copy_(weight);
  }
  torch::Tensor maps(const std::vector<torch::Tensor>& x) override { return x.at(0); }
  torch::Tensor pooled(const torch::Tensor& maps) const override {
    return pool_ == Pool::mean ? nn::mean_pool(maps) : std::get<0>(maps.flatten(2).max(2));
  }
  torch::Tensor head(const torch::Tensor& features) override { return linear_(features); }
  std::vector<nn::LayerGroup> groups() const override { return {{"linear", {linear_.ptr()}}}; }
  std::shared_ptr<torch::nn::Module> head_module() const override { return linear_.ptr(); }
  std::string body_fingerprint() const override { return "window"; }

 private:
  Pool pool_;
  nn::Linear linear_{nullptr};
};

at::Tensor pictures(int64_t n, int64_t size) {
  return torch::sin(torch::arange(n * 3 * size * size).to(torch::kFloat) * 0.37).view({n, 3, size, size});
}

Learner looking(std::shared_ptr<nn::Model> model, nn::Task task = small::task()) {
  return Learner(small::data(), std::move(model), std::move(task), small::options());
}

TEST(GradCam, EqualsClassActivationMapsWhereMeansFeedOneLinearLayer) {
  const auto weight = torch::tensor({.5f, -1.f, .25f, -2.f, 1.f, .75f, .1f, .2f, -.3f}).view({3, 3});
  auto learner = looking(std::make_shared<Window>(Window::Pool::mean, weight));
  const auto x = pictures(2, 5);
  const auto maps = grad_cam(learner, x, {2, 1});
  ASSERT_EQ(maps.sizes(), (at::IntArrayRef{2, 5, 5}));
  for (int64_t n = 0; n < 2; ++n) {  // Zhou et al. 2016: Σ_c w_kc A_c; here over the 25 places that the mean divides by
    const auto cam = (weight[2 - n].view({3, 1, 1}) * x[n]).sum(0).relu();
    EXPECT_TRUE(torch::allclose(maps[n], cam / 25, 1e-5, 1e-7)) << maps[n] - cam / 25;
  }
  EXPECT_GT(maps.max().item<float>(), 0);
}

TEST(GradCam, WeighsMapsByTheMeanOfTheirGradients) {
  // A maximum's gradient is 1 at one place: its mean over 4 places is a quarter of the weight.
  const auto weight = torch::tensor({2.f, -1.f, 0.f, 1.f, 1.f, 1.f, 0.f, 0.f, 4.f}).view({3, 3});
  auto learner = looking(std::make_shared<Window>(Window::Pool::max, weight));
  const auto x = torch::tensor({1.f, 2.f, 3.f, 4.f, 5.f, 0.f, 0.f, 1.f, 9.f, 9.f, 8.f, 9.f}).view({1, 3, 2, 2});
  const auto expected = torch::tensor({0.f, 1.f, 1.5f, 1.75f}).view({1, 2, 2});  // relu(2 · A0 - A1) / 4
  EXPECT_TRUE(torch::allclose(grad_cam(learner, x, {0}), expected)) << grad_cam(learner, x, {0});
}

TEST(GradCam, OfLabelsValuesAndSteps) {
  const auto weight = torch::tensor({.5f, 1.f, .25f, 2.f, 1.f, .75f}).view({2, 3});
  const auto x = pictures(1, 3).abs();
  const auto cam = (weight[1].view({3, 1, 1}) * x[0]).sum(0).relu() / 9;
  for (const auto kind : {nn::TaskKind::multi_label, nn::TaskKind::regression}) {
    auto learner = looking(std::make_shared<Window>(Window::Pool::mean, weight), {.kind = kind, .classes = 2});
    EXPECT_TRUE(torch::allclose(grad_cam(learner, x, {1})[0], cam, 1e-5, 1e-7));
  }
  // Three ordered classes, two steps. All maps speak for both steps: for the highest class, and not for the lowest.
  auto learner =
      looking(std::make_shared<Window>(Window::Pool::mean, weight), {.kind = nn::TaskKind::ordinal, .classes = 3});
  EXPECT_GT(grad_cam(learner, x, {2}).min().item<float>(), 0);
  EXPECT_EQ(grad_cam(learner, x, {0}).max().item<float>(), 0);
}

TEST(GradCam, LeavesTheLearnerAsItWas) {
  auto learner = Learner(small::data(), make_model({.backbone = "small_resnet"}, small::task(), 32, 1), small::task(),
                         small::options());
  learner.freeze();
  const auto before = small::bits(learner);
  learner.model().train();
  const auto maps = grad_cam(learner, pictures(2, 32), {0, 2});
  EXPECT_EQ(maps.dim(), 3);
  EXPECT_GT(maps.size(1), 1);
  EXPECT_TRUE(torch::equal(maps, grad_cam(learner, pictures(2, 32), {0, 2})));
  EXPECT_EQ(small::bits(learner), before);
  EXPECT_TRUE(learner.model().is_training());
  for (const auto& parameter : learner.model().parameters()) EXPECT_FALSE(parameter.grad().defined());
}

TEST(GradCam, SaysWhereThereAreNoPlaces) {
  auto transformer = looking(std::make_shared<Window>(Window::Pool::mean, torch::ones({3, 3})));
  try {
    grad_cam(transformer, pictures(1, 1), {0});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("keep no places"), std::string::npos) << error.what();
  }
  auto other = small::learner();
  EXPECT_THROW(grad_cam(other, pictures(1, 8), {0}), ConfigError);
  EXPECT_THROW(grad_cam(transformer, pictures(2, 3), {0}), ConfigError);
}

TEST(GradCam, SpreadsMapsOverThePicture) {
  const auto maps = torch::stack({torch::tensor({0.f, 2.f, 4.f, 6.f}).view({2, 2}), torch::zeros({2, 2})});
  const auto heat = heat_of(maps, 4);
  ASSERT_EQ(heat.sizes(), (at::IntArrayRef{2, 4, 4}));
  EXPECT_EQ(heat[0][3][3].item<float>(), 1);  // corners keep the corner's value
  EXPECT_EQ(heat[0][0][0].item<float>(), 0);
  EXPECT_NEAR(heat[0][0][1].item<float>(), 0.5 / 6, 1e-6);  // a quarter of the way from 0 to 2
  EXPECT_EQ(heat[1].abs().max().item<float>(), 0);
}

}  // namespace
}  // namespace tenfold::vision
