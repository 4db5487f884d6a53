// Inception v4: more and more uniform blocks than v3, pools beside strided convolutions in the stem too. Szegedy et al.
// 2016, arXiv 1602.07261, figures 3 to 9. Cut before the pool. Parameters carry timm's names; layer groups are fastai
// 0.7's.

#include <ATen/ATen.h>

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

std::vector<Conv> stem() { return {{"0", 32, 3, 3, 2}, {"1", 32, 3, 3, 1, Edge::none}, {"2", 64, 3, 3}}; }
constexpr size_t kEarly = 9;  ///< layers in the first group: the stem and three blocks of the largest maps

std::vector<Branch> stem_3() { return {{From::maximum, {}}, {From::input, {{"conv", 96, 3, 3, 2}}}}; }

std::vector<Branch> stem_4() {
  return {
      {From::input, {{"branch0.0", 64}, {"branch0.1", 96, 3, 3, 1, Edge::none}}},
      {From::input,
       {{"branch1.0", 64}, {"branch1.1", 64, 1, 7}, {"branch1.2", 64, 7, 1}, {"branch1.3", 96, 3, 3, 1, Edge::none}}}};
}

std::vector<Branch> stem_5() { return {{From::input, {{"conv", 192, 3, 3, 2}}}, {From::maximum, {}}}; }

/// 35 x 35 places for images of 299 pixels.
std::vector<Branch> large() {
  return {{From::input, {{"branch0", 96}}},
          {From::input, {{"branch1.0", 64}, {"branch1.1", 96, 3, 3}}},
          {From::input, {{"branch2.0", 64}, {"branch2.1", 96, 3, 3}, {"branch2.2", 96, 3, 3}}},
          {From::mean_inside, {{"branch3.1", 96}}}};
}

std::vector<Branch> large_to_middle() {
  return {{From::input, {{"branch0", 384, 3, 3, 2}}},
          {From::input, {{"branch1.0", 192}, {"branch1.1", 224, 3, 3}, {"branch1.2", 256, 3, 3, 2}}},
          {From::maximum, {}}};
}

/// 17 x 17 places.
std::vector<Branch> middle() {
  return {{From::input, {{"branch0", 384}}},
          {From::input, {{"branch1.0", 192}, {"branch1.1", 224, 1, 7}, {"branch1.2", 256, 7, 1}}},
          {From::input,
           {{"branch2.0", 192},
            {"branch2.1", 192, 7, 1},
            {"branch2.2", 224, 1, 7},
            {"branch2.3", 224, 7, 1},
            {"branch2.4", 256, 1, 7}}},
          {From::mean_inside, {{"branch3.1", 128}}}};
}

std::vector<Branch> middle_to_small() {
  return {{From::input, {{"branch0.0", 192}, {"branch0.1", 192, 3, 3, 2}}},
          {From::input,
           {{"branch1.0", 256}, {"branch1.1", 256, 1, 7}, {"branch1.2", 320, 7, 1}, {"branch1.3", 320, 3, 3, 2}}},
          {From::maximum, {}}};
}

/// 8 x 8 places.
std::vector<Branch> small() {
  return {{From::input, {{"branch0", 256}}},
          {From::input, {{"branch1_0", 384}}, {{"branch1_1a", 256, 1, 3}, {"branch1_1b", 256, 3, 1}}},
          {From::input,
           {{"branch2_0", 384}, {"branch2_1", 448, 3, 1}, {"branch2_2", 512, 1, 3}},
           {{"branch2_3a", 256, 1, 3}, {"branch2_3b", 256, 3, 1}}},
          {From::mean_inside, {{"branch3.1", 256}}}};
}

std::vector<std::vector<Branch>> all_blocks() {
  std::vector<std::vector<Branch>> all = {stem_3(), stem_4(), stem_5()};
  all.insert(all.end(), 4, large());
  all.push_back(large_to_middle());
  all.insert(all.end(), 7, middle());
  all.push_back(middle_to_small());
  all.insert(all.end(), 3, small());
  return all;
}

class InceptionV4 : public Backbone {
 public:
  InceptionV4() {
    auto features = register_module("features", std::make_shared<torch::nn::Module>());
    for (const auto& conv : stem()) {
      stem_.push_back(features->register_module(conv.name, std::make_shared<ConvNorm>(channels_, conv)));
      channels_ = conv.out;
    }
    for (const auto& branches : all_blocks()) {
      const std::string number = std::to_string(stem_.size() + blocks_.size());
      blocks_.push_back(features->register_module(number, std::make_shared<Block>(channels_, branches)));
      channels_ = blocks_.back()->out();
    }
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 2); }
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    const size_t early = kEarly - stem_.size();
    auto y = x;
    if (first == 0)
      for (const auto& conv : stem_) y = conv->forward(y);
    for (size_t k = first == 0 ? 0 : early; k < (last == 1 ? early : blocks_.size()); ++k) y = blocks_[k]->forward(y);
    return y;
  }

  int64_t channels() const override { return channels_; }

  std::vector<nn::LayerGroup> groups() const override {
    nn::LayerGroup first{"stem, early blocks", {stem_.begin(), stem_.end()}}, second{"late blocks", {}};
    for (size_t k = 0; k < blocks_.size(); ++k)
      (stem_.size() + k < kEarly ? first : second).modules.push_back(blocks_[k]);
    return {first, second};
  }

 private:
  int64_t channels_ = 3;
  std::vector<std::shared_ptr<ConvNorm>> stem_;
  std::vector<std::shared_ptr<Block>> blocks_;
};

}  // namespace

std::vector<BackboneRow> inception_v4s() {
  return {{.name = "inception_v4",
           .family = "inception_v4",
           .summary = "twice the work of inception_v3, made for 299 pixels",
           .million_parameters = 41.14,
           .top1 = 80.156,
           .size = 299,
           .min_size = 75,
           .normalisation = {.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}},
           .classifier = {"last_linear"},
           .licence = "Apache-2.0",
           .source = "timm, inception_v4.tf_in1k",
           .file = "inception_v4.tf_in1k.safetensors",
           .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<InceptionV4>(); }}};
}

}  // namespace tenfold::vision
