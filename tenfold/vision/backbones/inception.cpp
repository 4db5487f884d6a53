// Inception v3: blocks of branches, with large kernels factored into small and flat ones, and a side branch that has a
// loss of its own in training. Szegedy et al. 2016, arXiv 1512.00567. Cut before the pool. Parameters carry
// torchvision's names. The published weights want pixels as TensorFlow scales them, (x - 0.5) / 0.5; torchvision gets
// there from its usual normalisation by a second one inside the network (transform_input), here it is the row's.

#include <ATen/ATen.h>

#include "tenfold/nn/head.h"
#include "tenfold/vision/backbones/families.h"
#include "tenfold/vision/backbones/inception_block.h"

namespace tenfold::vision {
namespace {

using inception::Block;
using inception::Branch;
using inception::Conv;
using inception::ConvNorm;
using inception::Edge;
using inception::From;

std::vector<Conv> stem() {
  return {{"Conv2d_1a_3x3", 32, 3, 3, 2},
          {"Conv2d_2a_3x3", 32, 3, 3, 1, Edge::none},
          {"Conv2d_2b_3x3", 64, 3, 3},
          {"Conv2d_3b_1x1", 80},
          {"Conv2d_4a_3x3", 192, 3, 3, 1, Edge::none}};
}
constexpr size_t kPoolBefore = 3;  ///< the fourth of them; another pool comes after all

/// 35 x 35 places for images of 299 pixels.
std::vector<Branch> large(int64_t pooled) {
  return {{From::input, {{"branch1x1", 64}}},
          {From::input, {{"branch5x5_1", 48}, {"branch5x5_2", 64, 5, 5}}},
          {From::input, {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, 3, 3}, {"branch3x3dbl_3", 96, 3, 3}}},
          {From::mean_with_zeros, {{"branch_pool", pooled}}}};
}

std::vector<Branch> large_to_middle() {
  return {{From::input, {{"branch3x3", 384, 3, 3, 2}}},
          {From::input, {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, 3, 3}, {"branch3x3dbl_3", 96, 3, 3, 2}}},
          {From::maximum, {}}};
}

/// 17 x 17 places; 7x7 kernels as a column and a row.
std::vector<Branch> middle(int64_t inside) {
  return {{From::input, {{"branch1x1", 192}}},
          {From::input, {{"branch7x7_1", inside}, {"branch7x7_2", inside, 1, 7}, {"branch7x7_3", 192, 7, 1}}},
          {From::input,
           {{"branch7x7dbl_1", inside},
            {"branch7x7dbl_2", inside, 7, 1},
            {"branch7x7dbl_3", inside, 1, 7},
            {"branch7x7dbl_4", inside, 7, 1},
            {"branch7x7dbl_5", 192, 1, 7}}},
          {From::mean_with_zeros, {{"branch_pool", 192}}}};
}

std::vector<Branch> middle_to_small() {
  return {{From::input, {{"branch3x3_1", 192}, {"branch3x3_2", 320, 3, 3, 2}}},
          {From::input,
           {{"branch7x7x3_1", 192},
            {"branch7x7x3_2", 192, 1, 7},
            {"branch7x7x3_3", 192, 7, 1},
            {"branch7x7x3_4", 192, 3, 3, 2}}},
          {From::maximum, {}}};
}

/// 8 x 8 places.
std::vector<Branch> small() {
  return {{From::input, {{"branch1x1", 320}}},
          {From::input, {{"branch3x3_1", 384}}, {{"branch3x3_2a", 384, 1, 3}, {"branch3x3_2b", 384, 3, 1}}},
          {From::input,
           {{"branch3x3dbl_1", 448}, {"branch3x3dbl_2", 384, 3, 3}},
           {{"branch3x3dbl_3a", 384, 1, 3}, {"branch3x3dbl_3b", 384, 3, 1}}},
          {From::mean_with_zeros, {{"branch_pool", 192}}}};
}

struct Named {
  std::string name;
  std::vector<Branch> branches;
};

std::vector<Named> early_blocks() {
  return {{"Mixed_5b", large(32)}, {"Mixed_5c", large(64)}, {"Mixed_5d", large(64)}};
}
std::vector<Named> middle_blocks() {
  return {{"Mixed_6a", large_to_middle()},
          {"Mixed_6b", middle(128)},
          {"Mixed_6c", middle(160)},
          {"Mixed_6d", middle(160)},
          {"Mixed_6e", middle(192)}};
}
std::vector<Named> late_blocks() {
  return {{"Mixed_7a", middle_to_small()}, {"Mixed_7b", small()}, {"Mixed_7c", small()}};
}

constexpr int64_t kSide = 768;  ///< channels of the side branch
constexpr double kSideWeight = 0.4;

/// The side branch: [N, in, H, W] → [N, 768] fp32.
class SideBranch : public torch::nn::Module {
 public:
  explicit SideBranch(int64_t in)
      : conv0_(register_module("conv0", std::make_shared<ConvNorm>(in, Conv{"conv0", 128}))),
        conv1_(register_module("conv1", std::make_shared<ConvNorm>(128, Conv{"conv1", kSide, 5, 5, 1, Edge::none}))) {}

  at::Tensor forward(const at::Tensor& x) {
    // Published for images of 299 pixels, whose 17 places leave 5, the kernel of conv1; fewer are made 5 as well.
    constexpr int64_t published = 17;
    const bool whole = x.size(2) >= published && x.size(3) >= published;
    const auto places = whole ? at::avg_pool2d(x, {5, 5}, {3, 3}) : at::adaptive_avg_pool2d(x, {5, 5});
    return nn::mean_pool(conv1_->forward(conv0_->forward(places)));
  }

 private:
  std::shared_ptr<ConvNorm> conv0_, conv1_;
};

class InceptionV3 : public Backbone {
 public:
  InceptionV3() {
    int64_t in = 3;
    for (const auto& conv : stem()) {
      stem_.push_back(register_module(conv.name, std::make_shared<ConvNorm>(in, conv)));
      in = conv.out;
    }
    early_ = add(early_blocks(), in);
    middle_ = add(middle_blocks(), in);
    side_ = register_module("AuxLogits", std::make_shared<SideBranch>(in));
    late_ = add(late_blocks(), in);
    channels_ = in;
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 2); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    const auto y = first == 0 ? through(early_, after_stem(x)) : x;
    return last == 1 ? y : through(late_, through(middle_, y));
  }

  std::optional<Auxiliary> auxiliary() const override { return Auxiliary{.channels = kSide, .weight = kSideWeight}; }
  TrainingMaps forward_training(const torch::Tensor& x) override {
    const auto y = through(middle_, part(x, 0, 1));
    return {.maps = through(late_, y), .auxiliary = side_->forward(y)};
  }

  int64_t channels() const override { return channels_; }

  std::vector<nn::LayerGroup> groups() const override {
    nn::LayerGroup first{"stem, blocks 5", {}}, second{"blocks 6-7", {}};
    first.modules.insert(first.modules.end(), stem_.begin(), stem_.end());
    first.modules.insert(first.modules.end(), early_.begin(), early_.end());
    second.modules.insert(second.modules.end(), middle_.begin(), middle_.end());
    second.modules.push_back(side_);
    second.modules.insert(second.modules.end(), late_.begin(), late_.end());
    return {first, second};
  }

 private:
  using Blocks = std::vector<std::shared_ptr<Block>>;

  Blocks add(const std::vector<Named>& table, int64_t& in) {
    Blocks made;
    for (const auto& [name, branches] : table) {
      made.push_back(register_module(name, std::make_shared<Block>(in, branches)));
      in = made.back()->out();
    }
    return made;
  }

  static at::Tensor through(const Blocks& blocks, at::Tensor x) {
    for (const auto& block : blocks) x = block->forward(x);
    return x;
  }

  at::Tensor after_stem(const at::Tensor& x) {
    auto y = x;
    for (size_t k = 0; k < stem_.size(); ++k) {
      if (k == kPoolBefore) y = at::max_pool2d(y, {3, 3}, {2, 2});
      y = stem_[k]->forward(y);
    }
    return at::max_pool2d(y, {3, 3}, {2, 2});
  }

  int64_t channels_ = 0;
  std::vector<std::shared_ptr<ConvNorm>> stem_;
  Blocks early_, middle_, late_;
  std::shared_ptr<SideBranch> side_;
};

/// The published classifier; that of the side branch stands below the branch and takes no part in the logits.
Top with_side(torch::nn::Module& network, int64_t channels, int64_t outputs) {
  network.named_children()["AuxLogits"]->register_module("fc", nn::Linear(kSide, outputs));
  return mean_linear(network, "fc", channels, outputs);
}

}  // namespace

std::vector<BackboneRow> inception_v3s() {
  return {{.name = "inception_v3",
           .family = "inception_v3",
           .summary = "accurate for its parameters, made for 299 pixels",
           .million_parameters = 24.34,
           .top1 = 77.294,
           .size = 299,
           .min_size = 75,
           .normalisation = {.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}},
           .classifier = {"fc", "AuxLogits.fc"},
           .licence = "BSD-3-Clause",
           .source = "torchvision, IMAGENET1K_V1",
           .file = "inception_v3_google-0cc3c7bd.pth",
           .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<InceptionV3>(); },
           .top = with_side}};
}

}  // namespace tenfold::vision
