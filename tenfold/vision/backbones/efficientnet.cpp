// EfficientNet B0 to B7: inverted residual blocks with squeeze and excitation and SiLU, width, depth and image size
// scaled together. Tan & Le 2019, arXiv 1905.11946. Parameters carry torchvision's names; as there, padding is the same
// on all sides, and B5 to B7 keep TensorFlow's norms (eps 1e-3, momentum 0.01).

#include "tenfold/vision/backbones/efficientnet_stages.h"
#include "tenfold/vision/backbones/families.h"

namespace tenfold::vision {
namespace {

constexpr int64_t kStem = 32;
constexpr double kDropPath = 0.2;  // of torchvision's recipe, for all variants

enum class Norms { torch, tensorflow };

InvertedResidualPlan plan(const EfficientNetScale& scale, Norms norms) {
  InvertedResidualPlan made{.stem = {"features.0.0", "features.0.1"},
                            .last = {"features.8.0", "features.8.1"},
                            .stem_channels = scale.scaled_width(kStem),
                            .act = nn::Act::silu,
                            .squeezed_act = nn::Act::silu};
  if (norms == Norms::tensorflow) made.eps = 1e-3, made.momentum = 0.01;
  int64_t in = made.stem_channels;
  for (size_t s = 0; s < kEfficientNetStages.size(); ++s) {
    const auto& stage = kEfficientNetStages[s];
    const int64_t out = scale.scaled_width(stage.out);
    for (int64_t k = 0; k < scale.scaled_repeats(stage.repeats); ++k) {
      BlockPlan block{.name = "features." + std::to_string(s + 1) + "." + std::to_string(k),
                      .in = in,
                      .wide = in * stage.expansion,
                      .out = out,
                      .kernel = stage.kernel,
                      .stride = k == 0 ? stage.stride : 1,
                      .squeezed = in / 4,
                      .act = nn::Act::silu};
      number_layers(block, "block");
      made.blocks.push_back(block);
      in = out;
    }
    if (s + 1 == kEfficientNetEarlyStages) made.early = made.blocks.size();
  }
  made.features = 4 * in;
  return made;
}

template <EfficientNetScale scale, Norms norms = Norms::torch>
BackboneRow row(const std::string& number, double million_parameters, double top1, int64_t size,
                const std::string& file) {
  return {.name = "efficientnet_b" + number,
          .family = "efficientnet",
          .summary = "squeeze and excitation, SiLU; made for " + std::to_string(size) + " pixels",
          .million_parameters = million_parameters,
          .top1 = top1,
          .size = size,
          .classifier = {"classifier.1"},
          .licence = "BSD-3-Clause",
          .source = "torchvision, IMAGENET1K_V1",
          .file = "efficientnet_b" + number + "_" + file + ".pth",
          .layers = [] { return inverted_residual_net(plan(scale, norms)); },
          .drop_path = kDropPath};
}

}  // namespace

std::vector<BackboneRow> efficientnets() {
  return {row<{100, 100}>("0", 4.01, 77.692, 224, "rwightman-7f5810bc"),
          row<{100, 110}>("1", 6.51, 78.642, 240, "rwightman-bac287d4"),
          row<{110, 120}>("2", 7.70, 80.608, 288, "rwightman-c35c1473"),
          row<{120, 140}>("3", 10.70, 82.008, 300, "rwightman-b3899882"),
          row<{140, 180}>("4", 17.55, 83.384, 380, "rwightman-23ab8bcd"),
          row<{160, 220}, Norms::tensorflow>("5", 28.34, 83.444, 456, "lukemelas-1a07897c"),
          row<{180, 260}, Norms::tensorflow>("6", 40.74, 84.008, 528, "lukemelas-24a108a5"),
          row<{200, 310}, Norms::tensorflow>("7", 63.79, 84.122, 600, "lukemelas-c5b4e57e")};
}

}  // namespace tenfold::vision
