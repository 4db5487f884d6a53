// ResNets, VGG, DenseNet and Inception in training: bf16, freezing, the side branch. That they compute the published
// networks is tests/parity's part.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/learner.h"
#include "tests/train/small.h"

namespace tenfold::vision {
namespace {

/// small::Pictures at 80 x 80.
class LargePictures : public small::Pictures {
 public:
  using Pictures::Pictures;
  Sample get(int64_t index, const std::optional<Draw>& draw) const override {
    auto sample = Pictures::get(index, draw);
    sample.x[0] = sample.x[0].repeat_interleave(10, 0).repeat_interleave(10, 1);
    return sample;
  }
};

at::Tensor pictures(int64_t n, int64_t size) {
  return at::sin(at::arange(n * 3 * size * size).to(at::kFloat) * 0.7)
      .view({n, 3, size, size})
      .contiguous(at::MemoryFormat::ChannelsLast);
}

class Convolutional : public testing::TestWithParam<const char*> {};

TEST_P(Convolutional, TrainsInBf16WhatIsNotFrozen) {
  auto data = small::data();
  data.train = std::make_shared<LargePictures>(3, 7);
  data.valid = data.test = nullptr;
  auto options = small::options();
  options.precision = Precision::bf16;
  options.batch = 3;
  const auto weights = [](Learner& learner) {
    std::map<std::string, at::Tensor> copies;
    for (const auto& item : learner.model().named_parameters()) copies[item.key()] = item.value().detach().clone();
    return copies;
  };
  auto made = learner({data, small::task()}, {.backbone = GetParam()}, {.size = 80}, options);
  const auto before = weights(made);
  made.fit({.lr = 1e-3, .shape = Constant{.epochs = 1}, .freeze_to = 1});
  ASSERT_EQ(made.record().steps.size(), 1u);
  EXPECT_TRUE(std::isfinite(made.record().steps.back().loss));

  const auto groups = made.model().groups();
  ASSERT_EQ(groups.size(), 3u);
  std::set<const void*> frozen;
  for (const auto& module : groups[0].modules)
    for (const auto& parameter : module->parameters()) frozen.insert(parameter.unsafeGetTensorImpl());
  EXPECT_FALSE(frozen.empty());
  for (const auto& item : made.model().named_parameters())
    EXPECT_EQ(item.value().equal(before.at(item.key())), frozen.contains(item.value().unsafeGetTensorImpl()))
        << item.key();
}

TEST_P(Convolutional, ComesApartBetweenItsGroups) {
  const auto body = backbone(GetParam()).make(1);
  body->eval();
  const at::NoGradGuard no_grad;
  const auto x = pictures(2, 80);
  const auto middle = body->part(x, 0, 1);
  EXPECT_GT(middle.size(2), 1);
  EXPECT_TRUE(body->part(middle, 1, 2).equal(body->forward(x)));
}

INSTANTIATE_TEST_SUITE_P(Backbone, Convolutional,
                         testing::Values("resnext50_32x4d", "vgg11", "vgg13_bn", "densenet121", "inception_v3",
                                         "inception_v4"),
                         [](const auto& test) { return std::string(test.param); });

TEST(InceptionV3, AddsTheLossOfItsSideBranch) {
  const auto model = make_model({.backbone = "inception_v3"}, small::task(), 80, 1);
  const auto x = pictures(2, 80);
  const at::NoGradGuard no_grad;
  model->eval();  // no dropout, so that two passes are alike
  const auto both = model->training_logits({x});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_TRUE(both[0].logits.equal(model->forward({x})));
  EXPECT_EQ(both[0].weight, 1);
  EXPECT_EQ(both[1].logits.sizes(), both[0].logits.sizes());
  EXPECT_EQ(both[1].weight, 0.4);
  const double main = both[0].logits.mean().item<double>(), side = both[1].logits.mean().item<double>();
  EXPECT_NE(side, 0);
  EXPECT_NEAR(model->training_loss({x}, [](const at::Tensor& logits) { return logits.mean(); }).item<double>(),
              main + 0.4 * side, 1e-5);
}

TEST(InceptionV3, TrainsItsSideBranchWithTheHead) {
  const auto model = make_model({.backbone = "inception_v3"}, small::task(), 80, 1);
  EXPECT_EQ(model->groups().back().modules.size(), 2u);
  EXPECT_EQ(model->named_parameters()["auxiliary.weight"].sizes(), (at::IntArrayRef{3, 768}));
  EXPECT_EQ(make_model({.backbone = "resnet18"}, small::task(), 80, 1)->training_logits({pictures(2, 80)}).size(), 1u);
}

TEST(InceptionV3, SaysWhichSizeItNeeds) {
  try {
    make_model({.backbone = "inception_v3"}, small::task(), 64, 1);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "data.size");
    EXPECT_NE(std::string(error.what()).find("inception_v3 needs at least 75"), std::string::npos) << error.what();
  }
}

TEST(DenseNet, LoadsFilesWithTheOldNames) {
  const small::Scratch scratch;
  std::map<std::string, at::Tensor> old;
  for (const auto& [name, tensor] : nn::state_of(*backbone("densenet121").make_classifier())) {
    if (name.ends_with("num_batches_tracked")) continue;  // younger than the published files
    auto renamed = name;
    if (const auto layer = name.find("denselayer"); layer != std::string::npos)
      renamed.insert(name.find('.', layer) + 5, ".");  // norm1 → norm.1, conv2 → conv.2
    old[renamed] = at::full_like(tensor, 0.5);
  }
  ASSERT_TRUE(old.contains("features.denseblock1.denselayer2.norm.1.running_mean"));
  EXPECT_EQ(recognise(old), &backbone("densenet121"));
  const auto path = scratch.path / "densenet121.safetensors";
  nn::write_safetensors(path, old);
  const auto model = make_model({.backbone = "densenet121", .weights = path.string()}, small::task(), 32, 1);
  const auto state = nn::state_of(*model);
  EXPECT_EQ(state.at("body.features.denseblock4.denselayer16.conv2.weight").min().item<float>(), 0.5f);
  EXPECT_EQ(state.at("body.features.denseblock1.denselayer2.norm1.running_mean").max().item<float>(), 0.5f);
}

}  // namespace
}  // namespace tenfold::vision
