// DenseNet: each layer sees the maps of all layers before it in its block, and adds a few of its own; norm and ReLU
// come before the convolution. Huang et al. 2017, arXiv 1608.06993, table 1 (the variants with bottlenecks and
// compression). Cut after the last norm, without the ReLU that the published classifier has after it, as in fastai.
// Parameters carry torchvision's names; layer groups are fastai's.

#include <ATen/ATen.h>

#include <array>

#include "tenfold/nn/head.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/vision/backbones/families.h"

namespace tenfold::vision {
namespace {

using nn::Act;

struct DenseNetShape {
  std::array<int, 4> layers;  ///< of each block
  int64_t growth;             ///< maps that a layer adds
  int64_t stem;
};

constexpr int64_t kBottleneck = 4;  ///< a layer's inside by its growth
constexpr size_t kEarlyBlocks = 2;  ///< in the first layer group

nn::Conv2d conv(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1) {
  return nn::Conv2d(nn::ConvOptions{.in = in, .out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2});
}

nn::NormAct norm(int64_t channels, Act act = Act::relu) {
  return nn::NormAct(nn::NormActOptions{.channels = channels, .act = act});
}

/// [N, in, H, W] → [N, in + growth, H, W]: x itself, then what the layer makes of it.
class DenseLayer : public torch::nn::Module {
 public:
  DenseLayer(int64_t in, int64_t growth)
      : norm1_(register_module("norm1", norm(in))),
        conv1_(register_module("conv1", conv(in, kBottleneck * growth, 1))),
        norm2_(register_module("norm2", norm(kBottleneck * growth))),
        conv2_(register_module("conv2", conv(kBottleneck * growth, growth, 3))) {}

  at::Tensor forward(const at::Tensor& x) { return at::cat({x, conv2_(norm2_(conv1_(norm1_(x))))}, 1); }

 private:
  nn::NormAct norm1_;
  nn::Conv2d conv1_;
  nn::NormAct norm2_;
  nn::Conv2d conv2_;
};

/// [N, in, H, W] → [N, in / 2, H / 2, W / 2].
class Transition : public torch::nn::Module {
 public:
  explicit Transition(int64_t in)
      : norm_(register_module("norm", norm(in))), conv_(register_module("conv", conv(in, in / 2, 1))) {}

  at::Tensor forward(const at::Tensor& x) { return at::avg_pool2d(conv_(norm_(x)), {2, 2}); }

 private:
  nn::NormAct norm_;
  nn::Conv2d conv_;
};

class DenseNet : public Backbone {
 public:
  explicit DenseNet(const DenseNetShape& shape) : channels_(shape.stem) {
    auto features = register_module("features", std::make_shared<torch::nn::Module>());
    conv0_ = features->register_module("conv0", conv(3, shape.stem, 7, 2));
    norm0_ = features->register_module("norm0", norm(shape.stem));
    for (size_t b = 0; b < shape.layers.size(); ++b) {
      const std::string number = std::to_string(b + 1);
      auto& block = blocks_[b];
      if (b > 0) {
        block.transition =
            features->register_module("transition" + std::to_string(b), std::make_shared<Transition>(channels_));
        channels_ /= 2;
      }
      block.all = features->register_module("denseblock" + number, std::make_shared<torch::nn::Module>());
      for (int k = 0; k < shape.layers[b]; ++k, channels_ += shape.growth)
        block.layers.push_back(block.all->register_module("denselayer" + std::to_string(k + 1),
                                                          std::make_shared<DenseLayer>(channels_, shape.growth)));
    }
    norm5_ = features->register_module("norm5", norm(channels_, Act::none));
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 2); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    auto y = first == 0 ? at::max_pool2d(norm0_(conv0_(x)), {3, 3}, {2, 2}, {1, 1}) : x;
    for (size_t b = first == 0 ? 0 : kEarlyBlocks; b < (last == 1 ? kEarlyBlocks : blocks_.size()); ++b) {
      if (blocks_[b].transition) y = blocks_[b].transition->forward(y);
      for (const auto& layer : blocks_[b].layers) y = layer->forward(y);
    }
    return last == 1 ? y : norm5_(y);
  }

  int64_t channels() const override { return channels_; }

  std::vector<nn::LayerGroup> groups() const override {
    return {
        {"stem, blocks 1-2", {conv0_.ptr(), norm0_.ptr(), blocks_[0].all, blocks_[1].transition, blocks_[1].all}},
        {"blocks 3-4", {blocks_[2].transition, blocks_[2].all, blocks_[3].transition, blocks_[3].all, norm5_.ptr()}}};
  }

 private:
  struct Block {
    std::shared_ptr<Transition> transition;  ///< from the block before; null in the first
    std::shared_ptr<torch::nn::Module> all;
    std::vector<std::shared_ptr<DenseLayer>> layers;
  };

  int64_t channels_;
  nn::Conv2d conv0_{nullptr};
  nn::NormAct norm0_{nullptr}, norm5_{nullptr};
  std::array<Block, 4> blocks_;
};

Top relu_mean_linear(torch::nn::Module& network, int64_t channels, int64_t outputs) {
  return [top = mean_linear(network, "classifier", channels, outputs)](const torch::Tensor& maps) {
    return top(at::relu(maps));
  };
}

/// The published files are of a time when "denselayer1.norm.1" was a legal name for what is "denselayer1.norm1" now.
std::string own_name(const std::string& published) {
  std::string name = published;
  for (const char* layer : {".norm.1.", ".norm.2.", ".conv.1.", ".conv.2."})
    if (const auto place = name.find(layer); place != std::string::npos) name.erase(place + 5, 1);
  return name;
}

template <DenseNetShape shape>
BackboneRow row(const std::string& name, double million_parameters, double top1, const std::string& file,
                const std::string& summary) {
  return {.name = name,
          .family = "densenet",
          .summary = summary,
          .million_parameters = million_parameters,
          .top1 = top1,
          .classifier = {"classifier"},
          .licence = "BSD-3-Clause",
          .source = "torchvision, IMAGENET1K_V1",
          .file = file,
          .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<DenseNet>(shape); },
          .top = relu_mean_linear,
          .own_name = own_name};
}

}  // namespace

std::vector<BackboneRow> densenets() {
  return {row<{{6, 12, 24, 16}, 32, 64}>("densenet121", 6.95, 74.434, "densenet121-a639ec97.pth",
                                         "few parameters, much memory; features of all depths"),
          row<{{6, 12, 36, 24}, 48, 96}>("densenet161", 26.47, 77.138, "densenet161-8d451a50.pth",
                                         "the widest DenseNet, three times the work of densenet121"),
          row<{{6, 12, 32, 32}, 32, 64}>("densenet169", 12.48, 75.600, "densenet169-b2777c0a.pth",
                                         "a fifth more work than densenet121"),
          row<{{6, 12, 48, 32}, 32, 64}>("densenet201", 18.09, 76.896, "densenet201-c1103571.pth",
                                         "half as much work again as densenet121")};
}

}  // namespace tenfold::vision
