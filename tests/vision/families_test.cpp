// The mobile networks, ConvNeXt and transformers in training: bf16, freezing, stochastic depth, layer groups, and what
// they refuse. That they compute the published networks is tests/parity's part.

#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/drop_path.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/vision/learner.h"
#include "tests/train/small.h"

namespace tenfold::vision {
namespace {

/// small::Pictures at 32 x 32.
class LargerPictures : public small::Pictures {
 public:
  using Pictures::Pictures;
  Sample get(int64_t index, const std::optional<Draw>& draw) const override {
    auto sample = Pictures::get(index, draw);
    sample.x[0] = sample.x[0].repeat_interleave(4, 0).repeat_interleave(4, 1);
    return sample;
  }
};

Learner learner_of(const ModelOptions& options) {
  auto data = small::data();
  data.train = std::make_shared<LargerPictures>(8, 7);
  data.valid = std::make_shared<LargerPictures>(4, 8);
  data.test = nullptr;
  LearnerOptions training = small::options();
  training.batch = 4;
  training.precision = Precision::bf16;
  return {data, make_model(options, small::task(), 32, 1), small::task(), training};
}

std::map<std::string, at::Tensor> copy_of(const nn::LayerGroup& group) {
  std::map<std::string, at::Tensor> all;
  for (size_t k = 0; k < group.modules.size(); ++k)
    for (const auto& [name, tensor] : nn::state_of(*group.modules[k]))
      all[std::to_string(k) + "." + name] = tensor.clone();
  return all;
}

std::vector<double> drop_paths(const nn::Model& model) {
  std::vector<double> all;
  for (const auto& module : model.modules())
    if (const auto* drop = dynamic_cast<const nn::DropPathImpl*>(module.get())) all.push_back(drop->probability());
  return all;
}

class Family : public testing::TestWithParam<std::string> {};

/// fit() throws where the loss is not finite.
TEST_P(Family, TrainsInBf16WithItsFirstGroupFrozen) {
  auto learner = learner_of({.backbone = GetParam()});
  const auto groups = learner.model().groups();
  const std::string frozen = nn::hash_of(copy_of(groups.front()));
  std::vector<std::string> trained;
  for (size_t g = 1; g < groups.size(); ++g) trained.push_back(nn::hash_of(copy_of(groups[g])));
  learner.freeze_to(1);
  learner.fit({.lr = Rates::decayed(1e-3, 0.75), .shape = OneCycle{.epochs = 1}});
  EXPECT_EQ(nn::hash_of(copy_of(groups.front())), frozen);
  for (size_t g = 1; g < groups.size(); ++g)
    EXPECT_NE(nn::hash_of(copy_of(groups[g])), trained[g - 1]) << groups[g].name;
}

INSTANTIATE_TEST_SUITE_P(Backbone, Family,
                         testing::Values("mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large",
                                         "efficientnet_lite3", "efficientnet_b0", "convnext_tiny",
                                         "vit_small_patch16_224"),
                         [](const auto& test) { return test.param; });

TEST(StochasticDepth, IsThePublishedOneUnlessAsked) {
  const auto rates = [](const ModelOptions& options) { return drop_paths(*make_model(options, small::task(), 32, 1)); };
  const auto b0 = rates({.backbone = "efficientnet_b0"});
  ASSERT_EQ(b0.size(), 16u);
  EXPECT_EQ(b0.front(), 0);
  EXPECT_NEAR(b0.back(), 0.2, 1e-12);
  EXPECT_NEAR(b0[3], 0.2 * 3 / 15, 1e-12);
  EXPECT_NEAR(rates({.backbone = "convnext_tiny"}).back(), 0.1, 1e-12);
  EXPECT_EQ(rates({.backbone = "vit_small_patch16_224"}).back(), 0);
  EXPECT_NEAR(rates({.backbone = "vit_small_patch16_224", .drop_path = 0.3}).back(), 0.3, 1e-12);
  EXPECT_EQ(rates({.backbone = "convnext_tiny", .drop_path = 0}).back(), 0);
}

TEST(StochasticDepth, RepeatsItsBits) {
  const auto trained = [] {
    auto learner = learner_of({.backbone = "mobilenet_v3_small", .drop_path = 0.5});
    learner.fit({.lr = 1e-3, .shape = OneCycle{.epochs = 1}});
    return small::bits(learner);
  };
  EXPECT_EQ(trained(), trained());
}

TEST(LayerGroups, AreManyWhereRatesDecayByLayer) {
  const auto groups = [](const std::string& name) { return backbone(name).layers()->groups(); };
  EXPECT_EQ(groups("mobilenet_v2").size(), 2u);
  EXPECT_EQ(groups("efficientnet_b0").size(), 2u);
  EXPECT_EQ(groups("convnext_tiny").size(), 1u + 1 + 1 + 3 + 1);
  EXPECT_EQ(groups("convnext_small").size(), 1u + 1 + 1 + 9 + 1);  // with the head: layers 0 to 12 and the head
  EXPECT_EQ(groups("convnext_tiny")[4].name, "stage 3, blocks from 4");
  EXPECT_EQ(groups("vit_small_patch16_224").size(), 13u);
}

// Those that came from TensorFlow keep its norms; parity has small ones only, as B5's numbers are too large with
// weights by a formula.
TEST(EfficientNet, HasTheNormsItWasTrainedWith) {
  const auto first_norm = [](const std::string& name) {
    for (const auto& module : backbone(name).layers()->modules())
      if (const auto* norm = dynamic_cast<const nn::NormActImpl*>(module.get())) return norm->options();
    return nn::NormActOptions{};
  };
  EXPECT_EQ(first_norm("efficientnet_b4").eps, 1e-5);
  EXPECT_EQ(first_norm("efficientnet_b4").momentum, 0.1);
  EXPECT_EQ(first_norm("efficientnet_b5").eps, 1e-3);
  EXPECT_EQ(first_norm("efficientnet_b5").momentum, 0.01);
}

/// Cut anywhere, the parts give what the whole does.
TEST(Parts, FollowOneAnother) {
  for (const char* name : {"mobilenet_v3_small", "convnext_tiny", "vit_small_patch16_224"}) {
    const auto body = backbone(name).make(1);
    body->eval();
    const at::NoGradGuard no_grad;
    const auto x =
        at::sin(at::arange(3 * 32 * 32).to(at::kFloat)).view({1, 3, 32, 32}).contiguous(at::MemoryFormat::ChannelsLast);
    const auto whole = body->forward(x);
    const int groups = static_cast<int>(body->groups().size());
    for (int cut = 1; cut < groups; ++cut)
      EXPECT_TRUE(body->part(body->part(x, 0, cut), cut, groups).equal(whole)) << name << " at " << cut;
  }
}

TEST(VisionTransformer, TakesAnyNumberOfWholePatches) {
  const auto body = backbone("vit_small_patch16_224").make(1);
  body->eval();
  const at::NoGradGuard no_grad;
  const auto features = [&](int64_t rows, int64_t columns) {
    return body->forward(at::zeros({1, 3, rows, columns}).contiguous(at::MemoryFormat::ChannelsLast));
  };
  EXPECT_EQ(features(224, 224).sizes(), (at::IntArrayRef{1, 384, 1, 1}));
  EXPECT_EQ(features(32, 240).sizes(), (at::IntArrayRef{1, 384, 1, 1}));
  try {
    features(32, 40);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "data.size");
    EXPECT_NE(std::string(error.what()).find("is 40 pixels; a vision transformer needs a multiple of 16"),
              std::string::npos);
  }
}

TEST(Families, RefuseWhatCannotWork) {
  const auto problem = [](const ModelOptions& options, int64_t size) -> std::string {
    try {
      make_model(options, small::task(), size, 1);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(problem({.backbone = "vit_small_patch16_224"}, 100),
            "data.size: is 100 pixels; vit_small_patch16_224 needs a multiple of 16, such as 112");
  EXPECT_EQ(
      problem({.backbone = "small_resnet", .drop_path = 0.1}, 32),
      "model.drop_path: is 0.1, and small_resnet has no blocks that it leaves out; set 0, or take an efficientnet, "
      "convnext or vit");
  EXPECT_EQ(problem({.backbone = "convnext_tiny", .drop_path = 1}, 32),
            "model.drop_path: is 1.0; needs a probability from 0 to below 1");
}

}  // namespace
}  // namespace tenfold::vision
