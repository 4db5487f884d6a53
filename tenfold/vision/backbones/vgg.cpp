// VGG: 3x3 convolutions in five stages with a pool after each, with and without batch norm. Simonyan & Zisserman 2015,
// arXiv 1409.1556, table 1. Cut before the pool of the classifier, which holds nine tenths of the published parameters.
// Parameters carry torchvision's names; layer groups are fastai's for the nets with norms, and at the same convolution
// in those without.

#include <ATen/ATen.h>

#include <array>

#include "tenfold/nn/layers.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/vision/backbones/families.h"
#include "tenfold/vision/backbones/nest.h"

namespace tenfold::vision {
namespace {

enum class Norm { none, batch };

struct VggShape {
  std::array<int, 5> convolutions;  ///< of each stage
  Norm norm;
};

constexpr std::array<int64_t, 5> kWidths = {64, 128, 256, 512, 512};
constexpr int kEarly = 22;  ///< layers in fastai's first group, as torchvision counts those of the nets with norms

/// A layer; a pool where both are empty.
struct Step {
  nn::Conv2d conv{nullptr};
  nn::NormAct norm{nullptr};
};

class Vgg : public Backbone {
 public:
  explicit Vgg(const VggShape& shape) : norm_(shape.norm) {
    auto features = register_module("features", std::make_shared<torch::nn::Module>());
    int64_t in = 3;
    int place = 0, place_with_norms = 0;  // torchvision counts ReLUs and pools too
    const auto add = [&](const Step& step, int places_before) {
      if (place_with_norms + places_before < kEarly) early_ = steps_.size() + 1;
      steps_.push_back(step);
    };
    for (size_t stage = 0; stage < kWidths.size(); ++stage) {
      for (int k = 0; k < shape.convolutions[stage]; ++k, in = kWidths[stage], place_with_norms += 3) {
        const int64_t out = kWidths[stage];
        const nn::ConvOptions options{.in = in, .out = out, .padding = 1, .bias = true};
        add({.conv = features->register_module(std::to_string(place++), nn::Conv2d(options))}, 0);
        if (norm_ == Norm::batch) {
          const nn::NormAct norm(nn::NormActOptions{.channels = out});
          add({.norm = features->register_module(std::to_string(place++), norm)}, 1);
        }
        ++place;
      }
      add({}, 0);
      ++place, ++place_with_norms;
    }
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 2); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    auto y = x;
    for (size_t k = first == 0 ? 0 : early_; k < (last == 1 ? early_ : steps_.size()); ++k) y = taken(steps_[k], y);
    return y;
  }

  int64_t channels() const override { return kWidths.back(); }

  std::vector<nn::LayerGroup> groups() const override {
    nn::LayerGroup first{"early layers", {}}, second{"late layers", {}};
    for (size_t k = 0; k < steps_.size(); ++k) {
      auto& modules = (k < early_ ? first : second).modules;
      if (steps_[k].conv) modules.push_back(steps_[k].conv.ptr());
      if (steps_[k].norm) modules.push_back(steps_[k].norm.ptr());
    }
    return {first, second};
  }

 private:
  at::Tensor taken(Step& step, const at::Tensor& x) const {
    if (step.norm) return step.norm(x);
    if (!step.conv) return at::max_pool2d(x, {2, 2}, {2, 2});
    return norm_ == Norm::none ? step.conv(x).relu_() : step.conv(x);
  }

  Norm norm_;
  std::vector<Step> steps_;
  size_t early_ = 0;  ///< steps of the first layer group
};

/// The published classifier: means of 7 x 7 places, three linear layers.
Top three_linears(torch::nn::Module& network, int64_t channels, int64_t outputs) {
  constexpr int64_t side = 7, wide = 4096;
  auto first = nest(network, "classifier.0", nn::Linear(channels * side * side, wide));
  auto second = nest(network, "classifier.3", nn::Linear(wide, wide));
  auto third = nest(network, "classifier.6", nn::Linear(wide, outputs));
  return [first, second, third](const torch::Tensor& maps) mutable {
    const auto places = at::adaptive_avg_pool2d(maps.to(at::kFloat), {side, side});
    return third(at::relu(second(at::relu(first(places.flatten(1))))));
  };
}

template <VggShape shape>
BackboneRow row(const std::string& name, double million_parameters, double top1, const std::string& file) {
  return {.name = name,
          .family = "vgg",
          .summary = shape.norm == Norm::batch ? "3x3 convolutions and norms in a row; much work, coarse features"
                                               : "3x3 convolutions in a row, no norms: wants small learning rates",
          .million_parameters = million_parameters,
          .top1 = top1,
          .classifier = {"classifier"},
          .licence = "BSD-3-Clause",
          .source = "torchvision, IMAGENET1K_V1",
          .file = file,
          .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<Vgg>(shape); },
          .top = three_linears};
}

}  // namespace

std::vector<BackboneRow> vggs() {
  return {row<{{1, 1, 2, 2, 2}, Norm::none}>("vgg11", 9.22, 69.020, "vgg11-8a719046.pth"),
          row<{{2, 2, 2, 2, 2}, Norm::none}>("vgg13", 9.40, 69.928, "vgg13-19584684.pth"),
          row<{{2, 2, 3, 3, 3}, Norm::none}>("vgg16", 14.71, 71.592, "vgg16-397923af.pth"),
          row<{{2, 2, 4, 4, 4}, Norm::none}>("vgg19", 20.02, 72.376, "vgg19-dcbb9e9d.pth"),
          row<{{1, 1, 2, 2, 2}, Norm::batch}>("vgg11_bn", 9.23, 70.370, "vgg11_bn-6002323d.pth"),
          row<{{2, 2, 2, 2, 2}, Norm::batch}>("vgg13_bn", 9.41, 71.586, "vgg13_bn-abd245e5.pth"),
          row<{{2, 2, 3, 3, 3}, Norm::batch}>("vgg16_bn", 14.72, 73.360, "vgg16_bn-6c64b313.pth"),
          row<{{2, 2, 4, 4, 4}, Norm::batch}>("vgg19_bn", 20.04, 74.218, "vgg19_bn-c79401a0.pth")};
}

}  // namespace tenfold::vision
