// A residual network for images of 28 to 64 pixels, after ResNet-9 (Page 2018, "How to train your ResNet"): no pooling
// in the stem, halved sides by strided convolutions, a pair of convolutions around a sum at each size. All widths are
// multiples of 32, which bf16 convolutions like; 59 million multiplications for 28 x 28 pixels, so an epoch of 60,000
// images trains in seconds.

#include <array>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/vision/backbones/families.h"

namespace tenfold::vision {
namespace {

constexpr int64_t kStem = 32;
constexpr std::array<int64_t, 3> kWidths = {64, 128, 256};

nn::Conv2d conv(int64_t in, int64_t out, int64_t stride) {
  return nn::Conv2d(nn::ConvOptions{.in = in, .out = out, .kernel = 3, .stride = stride, .padding = 1});
}

nn::NormAct norm(int64_t channels) { return nn::NormAct(nn::NormActOptions{.channels = channels}); }

/// Halves the sides, then relu(f(y) + y) with two convolutions. [N, in, H, W] → [N, out, H / 2, W / 2].
class Stage : public torch::nn::Module {
 public:
  Stage(int64_t in, int64_t out)
      : down_(register_module("down", conv(in, out, 2))),
        conv1_(register_module("conv1", conv(out, out, 1))),
        conv2_(register_module("conv2", conv(out, out, 1))),
        down_norm_(register_module("down_norm", norm(out))),
        norm1_(register_module("norm1", norm(out))),
        norm2_(register_module("norm2", norm(out))) {}

  at::Tensor forward(const at::Tensor& x) {
    const auto y = down_norm_(down_(x));
    return norm2_(conv2_(norm1_(conv1_(y))), y);
  }

 private:
  nn::Conv2d down_, conv1_, conv2_;
  nn::NormAct down_norm_, norm1_, norm2_;
};

class SmallResNet : public Backbone {
 public:
  SmallResNet()
      : stem_(register_module("stem", conv(3, kStem, 1))), stem_norm_(register_module("stem_norm", norm(kStem))) {
    int64_t in = kStem;
    for (size_t k = 0; k < kWidths.size(); in = kWidths[k++])
      stages_.push_back(register_module("stage" + std::to_string(k + 1), std::make_shared<Stage>(in, kWidths[k])));
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 2); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    auto y = first == 0 ? stages_[0]->forward(stem_norm_(stem_(x))) : x;
    for (size_t k = 1; k < stages_.size() && last == 2; ++k) y = stages_[k]->forward(y);
    return y;
  }

  int64_t channels() const override { return kWidths.back(); }

  std::vector<nn::LayerGroup> groups() const override {
    return {{"stem, stage 1", {stem_.ptr(), stem_norm_.ptr(), stages_[0]}}, {"stages 2-3", {stages_[1], stages_[2]}}};
  }

 private:
  nn::Conv2d stem_;
  nn::NormAct stem_norm_;
  std::vector<std::shared_ptr<Stage>> stages_;
};

}  // namespace

std::vector<BackboneRow> small_resnets() {
  return {{.name = "small_resnet",
           .family = "small_resnet",
           .summary = "for images of 28 to 64 pixels, trained from random weights in minutes",
           .million_parameters = 1.94,
           .size = 32,
           .min_size = 8,
           .pool = "mean",
           .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<SmallResNet>(); }}};
}

}  // namespace tenfold::vision
