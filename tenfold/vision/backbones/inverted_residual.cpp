#include "tenfold/vision/backbones/inverted_residual.h"

#include <algorithm>

#include "tenfold/nn/drop_path.h"
#include "tenfold/nn/layers.h"
#include "tenfold/vision/backbones/nest.h"

namespace tenfold::vision {
namespace {

/// A convolution and its norm.
struct ConvNorm {
  nn::Conv2d conv{nullptr};
  nn::NormAct norm{nullptr};
  at::Tensor operator()(const at::Tensor& x, const at::Tensor& residual = {}) { return norm(conv(x), residual); }
};

struct Size {
  int64_t in, out, kernel = 1, stride = 1, groups = 1;
};

ConvNorm conv_norm(torch::nn::Module& root, const ConvNames& names, const Size& size, nn::Act act,
                   const InvertedResidualPlan& plan) {
  ConvNorm made;
  made.conv = nest(root, names.conv,
                   nn::Conv2d(nn::ConvOptions{.in = size.in,
                                              .out = size.out,
                                              .kernel = size.kernel,
                                              .stride = size.stride,
                                              .padding = size.kernel / 2,
                                              .groups = size.groups,
                                              .same = plan.same}));
  made.norm = nest(
      root, names.norm,
      nn::NormAct(nn::NormActOptions{.channels = size.out, .eps = plan.eps, .momentum = plan.momentum, .act = act}));
  return made;
}

/// [N, in, H, W] → [N, out, ceil(H / stride), ceil(W / stride)].
class Block : public torch::nn::Module {
 public:
  Block(const BlockPlan& block, const InvertedResidualPlan& plan)
      : residual_(block.stride == 1 && block.in == block.out) {
    const int64_t wide = block.wide;
    if (wide != block.in) expand_ = conv_norm(*this, block.expand, {block.in, wide}, block.act, plan);
    depthwise_ = conv_norm(*this, block.depthwise, {wide, wide, block.kernel, block.stride, wide}, block.act, plan);
    if (block.squeezed > 0)
      excite_ = nest(*this, block.excite,
                     nn::SqueezeExcite(nn::SqueezeExciteOptions{
                         .channels = wide, .squeezed = block.squeezed, .act = plan.squeezed_act, .gate = plan.gate}));
    project_ = conv_norm(*this, block.project, {wide, block.out}, nn::Act::none, plan);
    drop_path_ = register_module("drop_path", nn::DropPath());
  }

  at::Tensor forward(const at::Tensor& x) {
    auto y = depthwise_(expand_.conv ? expand_(x) : x);
    if (excite_) y = excite_(y);
    if (!residual_) return project_(y);
    return drop_path_->drops() ? drop_path_(x, project_(y)) : project_(y, x);  // the norm adds x in the same pass
  }

 private:
  bool residual_;
  ConvNorm expand_, depthwise_, project_;
  nn::SqueezeExcite excite_{nullptr};
  nn::DropPath drop_path_{nullptr};
};

class InvertedResidualNet : public Backbone {
 public:
  explicit InvertedResidualNet(const InvertedResidualPlan& plan) : channels_(plan.features), early_(plan.early) {
    stem_ = conv_norm(*this, plan.stem, {3, plan.stem_channels, 3, 2}, plan.act, plan);
    for (const auto& block : plan.blocks)
      blocks_.push_back(nest(*this, block.name, std::make_shared<Block>(block, plan)));
    last_ = conv_norm(*this, plan.last, {plan.blocks.back().out, plan.features}, plan.act, plan);
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 2); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    auto y = first == 0 ? stem_(x) : x;
    for (size_t k = first == 0 ? 0 : early_; k < (last == 1 ? early_ : blocks_.size()); ++k) y = blocks_[k]->forward(y);
    return last == 2 ? last_(y) : y;
  }

  int64_t channels() const override { return channels_; }

  std::vector<nn::LayerGroup> groups() const override {
    nn::LayerGroup first{"stem, early blocks", {stem_.conv.ptr(), stem_.norm.ptr()}}, second{"late blocks", {}};
    for (size_t k = 0; k < blocks_.size(); ++k) (k < early_ ? first : second).modules.push_back(blocks_[k]);
    second.modules.push_back(last_.conv.ptr());
    second.modules.push_back(last_.norm.ptr());
    return {first, second};
  }

 private:
  int64_t channels_;
  size_t early_;
  ConvNorm stem_, last_;
  std::vector<std::shared_ptr<Block>> blocks_;
};

}  // namespace

std::shared_ptr<Backbone> inverted_residual_net(const InvertedResidualPlan& plan) {
  return std::make_shared<InvertedResidualNet>(plan);
}

void number_layers(BlockPlan& block, const std::string& list) {
  int number = 0;
  const auto next = [&] { return list + "." + std::to_string(number++); };
  const auto pair = [&] {
    const std::string entry = next();
    return ConvNames{entry + ".0", entry + ".1"};
  };
  if (block.wide != block.in) block.expand = pair();
  block.depthwise = pair();
  if (block.squeezed > 0) block.excite = next();
  block.project = pair();
}

int64_t rounded_width(double wanted) {
  const int64_t rounded = std::max<int64_t>(8, static_cast<int64_t>(wanted + 4) / 8 * 8);
  return static_cast<double>(rounded) < 0.9 * wanted ? rounded + 8 : rounded;
}

}  // namespace tenfold::vision
