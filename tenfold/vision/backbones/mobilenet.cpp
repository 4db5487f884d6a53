// MobileNet v2 (Sandler et al. 2018, arXiv 1801.04381, table 2) and v3 (Howard et al. 2019, arXiv 1905.02244, tables 1
// and 2): the smallest networks of the zoo, for phones and quick trials. Parameters carry torchvision's names.

#include <ATen/ATen.h>

#include <array>
#include <vector>

#include "tenfold/nn/head.h"
#include "tenfold/nn/layers.h"
#include "tenfold/vision/backbones/families.h"
#include "tenfold/vision/backbones/inverted_residual.h"
#include "tenfold/vision/backbones/nest.h"

namespace tenfold::vision {
namespace {

using nn::Act;

std::string feature(size_t k) { return "features." + std::to_string(k); }
ConvNames feature_pair(size_t k) { return {feature(k) + ".0", feature(k) + ".1"}; }

/// A run of equal blocks; the first one has the stride.
struct StageV2 {
  int64_t expansion, out, repeats, stride;
};
constexpr std::array<StageV2, 7> kStagesV2 = {
    {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}}};
constexpr size_t kEarlyStagesV2 = 4;

/// As torchvision numbers them, but with the last convolution and its norm as entries of their own.
void number_layers_v2(BlockPlan& block) {
  number_layers(block, "conv");
  const int entry = block.wide == block.in ? 1 : 2;
  block.project = {"conv." + std::to_string(entry), "conv." + std::to_string(entry + 1)};
}

InvertedResidualPlan plan_v2() {
  InvertedResidualPlan made{.stem = feature_pair(0), .last = feature_pair(18), .stem_channels = 32, .features = 1280};
  int64_t in = made.stem_channels;
  for (size_t s = 0; s < kStagesV2.size(); ++s) {
    const auto& stage = kStagesV2[s];
    for (int64_t k = 0; k < stage.repeats; ++k) {
      BlockPlan block{.name = feature(made.blocks.size() + 1),
                      .in = in,
                      .wide = in * stage.expansion,
                      .out = stage.out,
                      .stride = k == 0 ? stage.stride : 1};
      number_layers_v2(block);
      made.blocks.push_back(block);
      in = stage.out;
    }
    if (s + 1 == kEarlyStagesV2) made.early = made.blocks.size();
  }
  return made;
}

enum class Excite { no, yes };

struct BlockV3 {
  int64_t kernel, wide, out;
  Excite excite;
  Act act;
  int64_t stride;
};

const std::vector<BlockV3>& blocks_large() {
  static const std::vector<BlockV3> all = {
      {3, 16, 16, Excite::no, Act::relu, 1},         {3, 64, 24, Excite::no, Act::relu, 2},
      {3, 72, 24, Excite::no, Act::relu, 1},         {5, 72, 40, Excite::yes, Act::relu, 2},
      {5, 120, 40, Excite::yes, Act::relu, 1},       {5, 120, 40, Excite::yes, Act::relu, 1},
      {3, 240, 80, Excite::no, Act::hardswish, 2},   {3, 200, 80, Excite::no, Act::hardswish, 1},
      {3, 184, 80, Excite::no, Act::hardswish, 1},   {3, 184, 80, Excite::no, Act::hardswish, 1},
      {3, 480, 112, Excite::yes, Act::hardswish, 1}, {3, 672, 112, Excite::yes, Act::hardswish, 1},
      {5, 672, 160, Excite::yes, Act::hardswish, 2}, {5, 960, 160, Excite::yes, Act::hardswish, 1},
      {5, 960, 160, Excite::yes, Act::hardswish, 1}};
  return all;
}

const std::vector<BlockV3>& blocks_small() {
  static const std::vector<BlockV3> all = {
      {3, 16, 16, Excite::yes, Act::relu, 2},       {3, 72, 24, Excite::no, Act::relu, 2},
      {3, 88, 24, Excite::no, Act::relu, 1},        {5, 96, 40, Excite::yes, Act::hardswish, 2},
      {5, 240, 40, Excite::yes, Act::hardswish, 1}, {5, 240, 40, Excite::yes, Act::hardswish, 1},
      {5, 120, 48, Excite::yes, Act::hardswish, 1}, {5, 144, 48, Excite::yes, Act::hardswish, 1},
      {5, 288, 96, Excite::yes, Act::hardswish, 2}, {5, 576, 96, Excite::yes, Act::hardswish, 1},
      {5, 576, 96, Excite::yes, Act::hardswish, 1}};
  return all;
}

InvertedResidualPlan plan_v3(const std::vector<BlockV3>& blocks, size_t early) {
  InvertedResidualPlan made{.stem = feature_pair(0),
                            .last = feature_pair(blocks.size() + 1),
                            .stem_channels = 16,
                            .features = 6 * blocks.back().out,
                            .act = Act::hardswish,
                            .gate = nn::Gate::hardsigmoid,
                            .eps = 1e-3,
                            .momentum = 0.01,
                            .early = early};
  int64_t in = made.stem_channels;
  for (const auto& each : blocks) {
    BlockPlan block{.name = feature(made.blocks.size() + 1),
                    .in = in,
                    .wide = each.wide,
                    .out = each.out,
                    .kernel = each.kernel,
                    .stride = each.stride,
                    .squeezed = each.excite == Excite::yes ? rounded_width(static_cast<double>(each.wide / 4)) : 0,
                    .act = each.act};
    number_layers(block, "block");
    made.blocks.push_back(block);
    in = each.out;
  }
  return made;
}

/// Mean of each channel, a hidden layer with hardswish, then the outputs.
template <int64_t hidden>
Top two_layer_top(torch::nn::Module& network, int64_t channels, int64_t outputs) {
  auto first = nest(network, "classifier.0", nn::Linear(channels, hidden));
  auto second = nest(network, "classifier.3", nn::Linear(hidden, outputs));
  return
      [first, second](const torch::Tensor& maps) mutable { return second(at::hardswish(first(nn::mean_pool(maps)))); };
}

}  // namespace

std::vector<BackboneRow> mobilenets() {
  BackboneRow v2{.name = "mobilenet_v2",
                 .family = "mobilenet",
                 .summary = "small, ReLU6 only; runs anywhere",
                 .million_parameters = 2.22,
                 .top1 = 71.878,
                 .classifier = {"classifier.1"},
                 .licence = "BSD-3-Clause",
                 .source = "torchvision, IMAGENET1K_V1",
                 .file = "mobilenet_v2-b0353104.pth",
                 .layers = [] { return inverted_residual_net(plan_v2()); }};
  BackboneRow small = v2, large = v2;
  small.name = "mobilenet_v3_small";
  small.summary = "the fewest operations of all";
  small.million_parameters = 0.93;
  small.top1 = 67.668;
  small.file = "mobilenet_v3_small-047dcff4.pth";
  small.layers = [] { return inverted_residual_net(plan_v3(blocks_small(), 6)); };
  small.classifier = {"classifier"};
  small.top = two_layer_top<1024>;
  large.name = "mobilenet_v3_large";
  large.summary = "better than mobilenet_v2 for less work";
  large.million_parameters = 2.97;
  large.top1 = 74.042;
  large.file = "mobilenet_v3_large-8738ca79.pth";
  large.layers = [] { return inverted_residual_net(plan_v3(blocks_large(), 10)); };
  large.classifier = {"classifier"};
  large.top = two_layer_top<1280>;
  return {v2, small, large};
}

}  // namespace tenfold::vision
