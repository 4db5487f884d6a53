// ConvNeXt: blocks of a 7x7 depthwise convolution and two layers over the channels, with layer norms, GELU and a learnt
// scale on each block. Liu et al. 2022, arXiv 2201.03545. Parameters carry torchvision's names; layer groups are those
// of the paper's fine-tuning (appendix A.2): stages 1, 2 and 4 one each, stage 3 in threes.

#include <ATen/ATen.h>

#include <array>
#include <limits>

#include "tenfold/nn/drop_path.h"
#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/layers.h"
#include "tenfold/vision/backbones/families.h"
#include "tenfold/vision/backbones/nest.h"

namespace tenfold::vision {
namespace {

constexpr double kLayerScale = 1e-6;  // blocks begin as next to nothing
constexpr size_t kGrouped = 3;        // blocks of a layer group

struct ConvNeXtShape {
  std::array<size_t, 4> blocks;
  std::array<int64_t, 4> widths;
};

/// x → x + scale · f(x). [N, C, H, W] → the same, channels-last.
class Block : public torch::nn::Module {
 public:
  explicit Block(int64_t channels) {
    depthwise_ =
        nest(*this, "block.0",
             nn::Conv2d(nn::ConvOptions{
                 .in = channels, .out = channels, .kernel = 7, .padding = 3, .groups = channels, .bias = true}));
    norm_ = nest(*this, "block.2", nn::LayerNorm(channels));
    widen_ = nest(*this, "block.3", nn::Linear(channels, 4 * channels));
    narrow_ = nest(*this, "block.5", nn::Linear(4 * channels, channels));
    scale_ = register_parameter("layer_scale", at::full({channels, 1, 1}, kLayerScale));
    drop_path_ = register_module("drop_path", nn::DropPath());
  }

  at::Tensor forward(const at::Tensor& x) {
    auto y = norm_(depthwise_(x).permute({0, 2, 3, 1}));
    y = at::gelu(widen_(y));
    // The scale goes into the last layer's few weights instead of over its many outputs.
    const auto scale = scale_.flatten();
    const auto weight = (narrow_->weight * scale.unsqueeze(1)).to(x.scalar_type());
    const auto bias = (narrow_->bias * scale).to(x.scalar_type());
    return drop_path_(x, at::linear(y, weight, bias).permute({0, 3, 1, 2}));
  }

 private:
  nn::Conv2d depthwise_{nullptr};
  nn::LayerNorm norm_{nullptr};
  nn::Linear widen_{nullptr}, narrow_{nullptr};
  at::Tensor scale_;
  nn::DropPath drop_path_{nullptr};
};

/// The norm before the convolution that halves the sides, and the blocks after it; the first stage has neither.
struct Stage {
  nn::LayerNorm norm{nullptr};
  nn::Conv2d down{nullptr};
  std::vector<std::shared_ptr<Block>> blocks;
};

nn::Conv2d patches(int64_t in, int64_t out, int64_t side) {
  return nn::Conv2d(nn::ConvOptions{.in = in, .out = out, .kernel = side, .stride = side, .bias = true});
}

class ConvNeXt : public Backbone {
 public:
  explicit ConvNeXt(const ConvNeXtShape& shape) : channels_(shape.widths.back()) {
    stem_ = nest(*this, "features.0.0", patches(3, shape.widths[0], 4));
    stem_norm_ = nest(*this, "features.0.1", nn::LayerNorm(shape.widths[0]));
    for (size_t s = 0; s < shape.blocks.size(); ++s) {
      Stage stage;
      const std::string list = "features." + std::to_string(2 * s + 1), between = "features." + std::to_string(2 * s);
      if (s > 0) {
        stage.norm = nest(*this, between + ".0", nn::LayerNorm(shape.widths[s - 1]));
        stage.down = nest(*this, between + ".1", patches(shape.widths[s - 1], shape.widths[s], 2));
      }
      for (size_t k = 0; k < shape.blocks[s]; ++k)
        stage.blocks.push_back(nest(*this, list + "." + std::to_string(k), std::make_shared<Block>(shape.widths[s])));
      stages_.push_back(stage);
    }
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, std::numeric_limits<int>::max()); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    auto y = first == 0 && last > 0 ? stem_norm_->over_channels(stem_(x)) : x;
    int group = 0;
    for (auto& stage : stages_)
      for (size_t k = 0; k < stage.blocks.size(); ++k) {
        if (k % kGrouped == 0) ++group;
        if (group < first || group >= last) continue;
        if (k == 0 && stage.down) y = stage.down(stage.norm->over_channels(y));
        y = stage.blocks[k]->forward(y);
      }
    return y;
  }

  int64_t channels() const override { return channels_; }

  std::vector<nn::LayerGroup> groups() const override {
    std::vector<nn::LayerGroup> all = {{"stem", {stem_.ptr(), stem_norm_.ptr()}}};
    for (size_t s = 0; s < stages_.size(); ++s) {
      const auto& stage = stages_[s];
      const std::string name = "stage " + std::to_string(s + 1);
      for (size_t k = 0; k < stage.blocks.size(); ++k) {
        if (k % kGrouped == 0)
          all.push_back({stage.blocks.size() > kGrouped ? name + ", blocks from " + std::to_string(k + 1) : name, {}});
        if (k == 0 && stage.down) all.back().modules = {stage.norm.ptr(), stage.down.ptr()};
        all.back().modules.push_back(stage.blocks[k]);
      }
    }
    return all;
  }

 private:
  int64_t channels_;
  nn::Conv2d stem_{nullptr};
  nn::LayerNorm stem_norm_{nullptr};
  std::vector<Stage> stages_;
};

/// Mean of each channel, norm, linear.
Top norm_top(torch::nn::Module& network, int64_t channels, int64_t outputs) {
  auto norm = nest(network, "classifier.0", nn::LayerNorm(channels));
  auto linear = nest(network, "classifier.2", nn::Linear(channels, outputs));
  return [norm, linear](const torch::Tensor& maps) mutable {
    return linear(norm(at::mean(maps, std::array<int64_t, 2>{2, 3}, false, norm->weight.scalar_type())));
  };
}

template <ConvNeXtShape shape>
BackboneRow row(const std::string& name, double million_parameters, double top1, const std::string& digits,
                double drop_path, const std::string& summary) {
  return {.name = "convnext_" + name,
          .family = "convnext",
          .summary = summary,
          .million_parameters = million_parameters,
          .top1 = top1,
          .classifier = {"classifier"},
          .licence = "BSD-3-Clause",
          .source = "torchvision, IMAGENET1K_V1",
          .file = "convnext_" + name + "-" + digits + ".pth",
          .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<ConvNeXt>(shape); },
          .top = norm_top,
          .start = nn::Start::narrow,
          .drop_path = drop_path};
}

}  // namespace

std::vector<BackboneRow> convnexts() {
  return {row<{{3, 3, 9, 3}, {96, 192, 384, 768}}>("tiny", 27.82, 82.520, "983f1562", 0.1,
                                                   "a ResNet-50's work at a transformer's accuracy"),
          row<{{3, 3, 27, 3}, {96, 192, 384, 768}}>("small", 49.45, 83.616, "0c510722", 0.4, "twice convnext_tiny"),
          row<{{3, 3, 27, 3}, {128, 256, 512, 1024}}>("base", 87.56, 84.062, "6075fbad", 0.5,
                                                      "for a GPU or much patience")};
}

}  // namespace tenfold::vision
