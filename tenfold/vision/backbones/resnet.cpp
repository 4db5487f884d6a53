// ResNet: residual blocks of two 3x3 convolutions, or of a bottleneck 1x1, 3x3, 1x1 with the stride in the 3x3
// (version 1.5). He et al. 2016, arXiv 1512.03385, table 1. With the 3x3 in groups it is a ResNeXt (Xie et al. 2017,
// arXiv 1611.05431), with more channels in it a Wide ResNet (Zagoruyko & Komodakis 2016, arXiv 1605.07146). Cut before
// the pool. Parameters carry torchvision's names; layer groups are fastai's.

#include <ATen/ATen.h>

#include <array>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/vision/backbones/families.h"

namespace tenfold::vision {
namespace {

using nn::Act;

/// Widths count from 64 in the first stage and double with each of the four.
struct ResNetShape {
  std::array<int, 4> blocks;
  int64_t expansion;         ///< width of a block's output by that of its stage: 4 makes bottlenecks
  int64_t groups = 1;        ///< of the 3x3 in a bottleneck
  int64_t group_width = 64;  ///< channels of each in the first stage
};

nn::Conv2d conv(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t groups = 1) {
  return nn::Conv2d(nn::ConvOptions{
      .in = in, .out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2, .groups = groups});
}

nn::NormAct norm(int64_t channels, Act act) {
  return nn::NormAct(nn::NormActOptions{.channels = channels, .act = act});
}

/// x → relu(f(x) + x), with the sum and the ReLU in f's last norm. [N, in, H, W] → [N, out, H / stride, W / stride].
class Block : public torch::nn::Module {
 public:
  Block(const ResNetShape& shape, int64_t in, int64_t stage_width, int64_t stride) {
    const int64_t out = stage_width * shape.expansion, width = stage_width * shape.group_width / 64 * shape.groups;
    struct Layer {
      int64_t in, out, kernel, stride, groups;
    };
    const auto layers =
        shape.expansion == 1
            ? std::vector<Layer>{{in, width, 3, stride, 1}, {width, out, 3, 1, 1}}
            : std::vector<Layer>{{in, width, 1, 1, 1}, {width, width, 3, stride, shape.groups}, {width, out, 1, 1, 1}};
    for (size_t k = 0; k < layers.size(); ++k) {
      const auto& layer = layers[k];
      const std::string number = std::to_string(k + 1);
      convs_.push_back(
          register_module("conv" + number, conv(layer.in, layer.out, layer.kernel, layer.stride, layer.groups)));
      norms_.push_back(register_module("bn" + number, norm(layer.out, Act::relu)));
    }
    if (stride == 1 && in == out) return;
    auto downsample = register_module("downsample", std::make_shared<torch::nn::Module>());
    shortcut_ = downsample->register_module("0", conv(in, out, 1, stride));
    shortcut_norm_ = downsample->register_module("1", norm(out, Act::none));
  }

  at::Tensor forward(const at::Tensor& x) {
    auto y = x;
    for (size_t k = 0; k + 1 < convs_.size(); ++k) y = norms_[k](convs_[k](y));
    return norms_.back()(convs_.back()(y), shortcut_ ? shortcut_norm_(shortcut_(x)) : x);
  }

 private:
  std::vector<nn::Conv2d> convs_;
  std::vector<nn::NormAct> norms_;
  nn::Conv2d shortcut_{nullptr};
  nn::NormAct shortcut_norm_{nullptr};
};

class ResNet : public Backbone {
 public:
  explicit ResNet(const ResNetShape& shape) : channels_(512 * shape.expansion) {
    conv1_ = register_module("conv1",
                             nn::Conv2d(nn::ConvOptions{.in = 3, .out = 64, .kernel = 7, .stride = 2, .padding = 3}));
    bn1_ = register_module("bn1", norm(64, Act::relu));
    int64_t in = 64;
    for (size_t stage = 0; stage < shape.blocks.size(); ++stage) {
      auto layer = register_module("layer" + std::to_string(stage + 1), std::make_shared<torch::nn::Module>());
      const int64_t width = int64_t{64} << stage;
      for (int k = 0; k < shape.blocks[stage]; ++k) {
        auto block = std::make_shared<Block>(shape, in, width, stage > 0 && k == 0 ? 2 : 1);
        blocks_.push_back(layer->register_module(std::to_string(k), block));
        in = width * shape.expansion;
      }
      layers_.push_back(layer);
      if (stage == 1) early_ = blocks_.size();
    }
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 2); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    auto y = first == 0 ? at::max_pool2d(bn1_(conv1_(x)), {3, 3}, {2, 2}, {1, 1}) : x;
    for (size_t k = first == 0 ? 0 : early_; k < (last == 1 ? early_ : blocks_.size()); ++k) y = blocks_[k]->forward(y);
    return y;
  }

  int64_t channels() const override { return channels_; }

  std::vector<nn::LayerGroup> groups() const override {
    return {{"stem, layers 1-2", {conv1_.ptr(), bn1_.ptr(), layers_[0], layers_[1]}},
            {"layers 3-4", {layers_[2], layers_[3]}}};
  }

 private:
  int64_t channels_;
  nn::Conv2d conv1_{nullptr};
  nn::NormAct bn1_{nullptr};
  std::vector<std::shared_ptr<torch::nn::Module>> layers_;
  std::vector<std::shared_ptr<Block>> blocks_;
  size_t early_ = 0;  ///< blocks of the first layer group
};

template <ResNetShape shape>
BackboneRow row(const std::string& name, double million_parameters, double top1, const std::string& file,
                const std::string& summary) {
  return {.name = name,
          .family = "resnet",
          .summary = summary,
          .million_parameters = million_parameters,
          .top1 = top1,
          .classifier = {"fc"},
          .licence = "BSD-3-Clause",
          .source = "torchvision, IMAGENET1K_V1",
          .file = file,
          .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<ResNet>(shape); }};
}

}  // namespace

std::vector<BackboneRow> resnets() {
  return {
      row<{{2, 2, 2, 2}, 1}>("resnet18", 11.18, 69.758, "resnet18-f37072fd.pth",
                             "the smallest ResNet; a sound first try"),
      row<{{3, 4, 6, 3}, 1}>("resnet34", 21.28, 73.314, "resnet34-b627a593.pth",
                             "twice the work of resnet18; fast.ai's first choice"),
      row<{{3, 4, 6, 3}, 4}>("resnet50", 23.51, 76.130, "resnet50-0676ba61.pth",
                             "bottleneck blocks, 2048 features; the usual yardstick"),
      row<{{3, 4, 23, 3}, 4}>("resnet101", 42.50, 77.374, "resnet101-63fe2227.pth", "twice the work of resnet50"),
      row<{{3, 8, 36, 3}, 4}>("resnet152", 58.14, 78.312, "resnet152-394f9c45.pth", "three times the work of resnet50"),
      row<{{3, 4, 6, 3}, 4, 32, 4}>("resnext50_32x4d", 22.98, 77.618, "resnext50_32x4d-7cdf4587.pth",
                                    "resnet50 with its 3x3 in 32 groups: more accurate for the same work"),
      row<{{3, 4, 23, 3}, 4, 32, 8}>("resnext101_32x8d", 86.74, 79.312, "resnext101_32x8d-8ba56ff5.pth",
                                     "the most accurate of the ResNets here, four times the work of resnet50"),
      row<{{3, 4, 6, 3}, 4, 1, 128}>("wide_resnet50_2", 66.83, 78.468, "wide_resnet50_2-95faca4d.pth",
                                     "resnet50 twice as wide inside its blocks"),
      row<{{3, 4, 23, 3}, 4, 1, 128}>("wide_resnet101_2", 124.84, 78.848, "wide_resnet101_2-32ee1156.pth",
                                      "resnet101 twice as wide inside its blocks")};
}

}  // namespace tenfold::vision
