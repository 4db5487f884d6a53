// The table of backbones: what it says of each, and the shapes and groups of each network. Facts: torchvision's and the
// publishers'.

#include "tenfold/vision/backbone.h"

#include <gtest/gtest.h>

#include <set>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::vision {
namespace {

int64_t count(const std::vector<at::Tensor>& parameters) {
  int64_t all = 0;
  for (const auto& parameter : parameters) all += parameter.numel();
  return all;
}

int64_t count(const nn::LayerGroup& group) {
  int64_t all = 0;
  for (const auto& module : group.modules) all += count(module->parameters());
  return all;
}

TEST(Backbones, HaveThePublishedNumberOfParameters) {
  // Without classifier: torchvision's documented totals less 2048 · 1000 + 1000 and so on; Lite: as the published
  // package counts.
  const std::vector<std::pair<std::string, int64_t>> published = {{"resnet18", 11689512 - 513000},
                                                                  {"resnet34", 21797672 - 513000},
                                                                  {"resnet50", 25557032 - 2049000},
                                                                  {"resnet101", 44549160 - 2049000},
                                                                  {"resnet152", 60192808 - 2049000},
                                                                  {"resnext50_32x4d", 25028904 - 2049000},
                                                                  {"resnext101_32x8d", 88791336 - 2049000},
                                                                  {"wide_resnet50_2", 68883240 - 2049000},
                                                                  {"wide_resnet101_2", 126886696 - 2049000},
                                                                  {"vgg11", 132863336 - 123642856},
                                                                  {"vgg11_bn", 132868840 - 123642856},
                                                                  {"vgg13", 133047848 - 123642856},
                                                                  {"vgg13_bn", 133053736 - 123642856},
                                                                  {"vgg16", 138357544 - 123642856},
                                                                  {"vgg16_bn", 138365992 - 123642856},
                                                                  {"vgg19", 143667240 - 123642856},
                                                                  {"vgg19_bn", 143678248 - 123642856},
                                                                  {"densenet121", 7978856 - 1025000},
                                                                  {"densenet161", 28681000 - 2209000},
                                                                  {"densenet169", 14149480 - 1665000},
                                                                  {"densenet201", 20013928 - 1921000},
                                                                  {"inception_v3", 27161264 - 2049000 - 769000},
                                                                  {"inception_v4", 42679816 - 1537000},
                                                                  {"efficientnet_lite0", 3371008},
                                                                  {"efficientnet_lite1", 4135680},
                                                                  {"efficientnet_lite2", 4811072},
                                                                  {"efficientnet_lite3", 6916096},
                                                                  {"efficientnet_lite4", 11725568},
                                                                  {"mobilenet_v2", 3504872 - 1281000},
                                                                  {"mobilenet_v3_small", 2542856 - 1615848},
                                                                  {"mobilenet_v3_large", 5483032 - 2511080},
                                                                  {"efficientnet_b0", 5288548 - 1281000},
                                                                  {"efficientnet_b1", 7794184 - 1281000},
                                                                  {"efficientnet_b2", 9109994 - 1409000},
                                                                  {"efficientnet_b3", 12233232 - 1537000},
                                                                  {"efficientnet_b4", 19341616 - 1793000},
                                                                  {"efficientnet_b5", 30389784 - 2049000},
                                                                  {"efficientnet_b6", 43040704 - 2305000},
                                                                  {"efficientnet_b7", 66347960 - 2561000},
                                                                  {"convnext_tiny", 28589128 - 770536},
                                                                  {"convnext_small", 50223688 - 770536},
                                                                  {"convnext_base", 88591464 - 1027048},
                                                                  {"vit_small_patch16_224", 22050664 - 385000},
                                                                  {"vit_base_patch16_224", 86567656 - 769000}};
  for (const auto& [name, parameters] : published)
    EXPECT_EQ(count(backbone(name).layers()->parameters()), parameters) << name;
}

TEST(Backbones, HaveFastaisLayerGroups) {
  // Parameters of torchvision's and timm's layers on either side of fastai's index.
  const std::vector<std::tuple<std::string, int64_t, int64_t>> fastai = {
      {"resnet18", 683072, 10493440},         {"resnet34", 1347904, 19936768},
      {"resnet50", 1444928, 22063104},        {"resnet101", 1444928, 41055232},
      {"resnet152", 2565184, 55578624},       {"resnext50_32x4d", 1412416, 21567488},
      {"wide_resnet50_2", 4126528, 62707712}, {"vgg11_bn", 4504320, 4721664},
      {"vgg13_bn", 2327360, 7083520},         {"vgg16_bn", 1737792, 12985344},
      {"vgg19_bn", 1737792, 18297600},        {"densenet121", 1297536, 5656320},
      {"densenet161", 2901696, 23570304},     {"densenet169", 1297536, 11186944},
      {"densenet201", 1297536, 16795392},     {"inception_v4", 1558624, 39584192}};
  for (const auto& [name, early, late] : fastai) {
    const auto groups = backbone(name).layers()->groups();
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_EQ(count(groups[0]), early) << name;
    EXPECT_EQ(count(groups[1]), late) << name;
  }
}

TEST(Backbones, PutEveryParameterInOneGroup) {
  for (const auto& row : backbones()) {
    const auto body = row.layers();
    std::multiset<const void*> grouped, all;
    for (const auto& group : body->groups())
      for (const auto& module : group.modules)
        for (const auto& parameter : module->parameters()) grouped.insert(parameter.unsafeGetTensorImpl());
    for (const auto& parameter : body->parameters()) all.insert(parameter.unsafeGetTensorImpl());
    EXPECT_EQ(grouped, all) << row.name;
  }
}

TEST(Backbones, AreWhatTheirRowsSay) {
  std::set<std::string> names;
  for (const auto& row : backbones()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    const auto body = row.layers();
    EXPECT_NEAR(row.million_parameters, static_cast<double>(count(body->parameters())) / 1e6, 0.006) << row.name;
    EXPECT_EQ(row.file.empty(), row.classifier.empty()) << row.name;
    EXPECT_EQ(row.file.empty(), row.licence.empty()) << row.name;
    const at::NoGradGuard no_grad;
    body->eval();
    const auto y =
        body->forward(at::zeros({2, 3, row.min_size, row.min_size}).contiguous(at::MemoryFormat::ChannelsLast));
    EXPECT_EQ(y.size(0), 2) << row.name;
    EXPECT_EQ(y.size(1), body->channels()) << row.name;
    EXPECT_TRUE(y.is_contiguous(at::MemoryFormat::ChannelsLast)) << row.name;
  }
}

TEST(Backbones, ComputeInTheInputsDtype) {
  for (const char* name : {"small_resnet", "resnet18", "efficientnet_lite0"}) {
    const auto body = backbone(name).make(3);
    body->eval();
    const at::NoGradGuard no_grad;
    const auto x = at::sin(at::arange(2 * 3 * 32 * 32).to(at::kFloat))
                       .view({2, 3, 32, 32})
                       .contiguous(at::MemoryFormat::ChannelsLast);
    const auto exact = body->forward(x), half = body->forward(x.to(at::kBFloat16));
    EXPECT_EQ(half.scalar_type(), at::kBFloat16);
    EXPECT_LT(((half.to(at::kFloat) - exact).norm() / exact.norm()).item<double>(), 0.03) << name;
  }
}

TEST(Backbones, AreRandomBySeedAlone) {
  const auto& row = backbone("small_resnet");
  const auto hash = [&](uint64_t seed) { return nn::hash_of(nn::state_of(*row.make(seed))); };
  EXPECT_EQ(hash(1), hash(1));
  EXPECT_NE(hash(1), hash(2));
}

TEST(Backbones, KeepTheScaleOfTheirInputAtFirst) {
  // Kaiming's weights and norms: neither dead nor exploding.
  for (const char* name : {"small_resnet", "resnet18", "efficientnet_lite0"}) {
    const auto body = backbone(name).make(5);
    const at::NoGradGuard no_grad;
    const auto x = at::sin(at::arange(4 * 3 * 64 * 64).to(at::kFloat) * 0.37)
                       .view({4, 3, 64, 64})
                       .contiguous(at::MemoryFormat::ChannelsLast);
    const double deviation = body->forward(x).std().item<double>();
    EXPECT_GT(deviation, 0.1) << name;
    EXPECT_LT(deviation, 10) << name;
  }
}

TEST(Backbones, NameTheNearest) {
  try {
    backbone("resnet35");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "model.backbone");
    EXPECT_NE(std::string(error.what()).find("nearest is 'resnet34'"), std::string::npos) << error.what();
  }
}

TEST(Backbones, AreRecognisedByTheirTensors) {
  auto tensors = nn::state_of(*backbone("efficientnet_lite0").make_classifier());
  tensors["_fc.weight"] = at::zeros({37, 1280});  // a classifier for other classes
  EXPECT_EQ(recognise(tensors), &backbone("efficientnet_lite0"));
  tensors.erase("_conv_head.weight");
  EXPECT_EQ(recognise(tensors), nullptr);
  EXPECT_EQ(recognise(nn::state_of(*backbone("inception_v3").make_classifier())), &backbone("inception_v3"));
  EXPECT_EQ(recognise(nn::state_of(*backbone("resnet18").layers())),
            &backbone("resnet18"));  // whose tensors resnet34 has too
}

}  // namespace
}  // namespace tenfold::vision
