// Vision transformers: the image as patches of 16 x 16 pixels, each a token beside one class token, through blocks of
// attention and two layers. Dosovitskiy et al. 2021, arXiv 2010.11929. Parameters carry timm's names; the weights are
// those of Steiner et al. 2021, arXiv 2106.10270 ("augreg"): ImageNet-21k, then ImageNet. Layer groups are those of
// layer-wise decay (Bao et al. 2021, arXiv 2106.08254): the patches, then each block.

#include <ATen/ATen.h>

#include <array>

#include "tenfold/core/error.h"
#include "tenfold/nn/drop_path.h"
#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/layers.h"
#include "tenfold/vision/backbones/families.h"
#include "tenfold/vision/backbones/nest.h"

namespace tenfold::vision {
namespace {

constexpr int64_t kPatch = 16, kGrid = 14;  // the grid that the positions were learnt for: 224 pixels
constexpr int kBlocks = 12;

struct ViTShape {
  int64_t width, heads;
};

/// x + attention(norm(x)), then x + mlp(norm(x)). [N, T, C] → the same.
class Block : public torch::nn::Module {
 public:
  explicit Block(const ViTShape& shape) : heads_(shape.heads) {
    const int64_t width = shape.width;
    norm1_ = register_module("norm1", nn::LayerNorm(width));
    qkv_ = nest(*this, "attn.qkv", nn::Linear(width, 3 * width));
    proj_ = nest(*this, "attn.proj", nn::Linear(width, width));
    norm2_ = register_module("norm2", nn::LayerNorm(width));
    widen_ = nest(*this, "mlp.fc1", nn::Linear(width, 4 * width));
    narrow_ = nest(*this, "mlp.fc2", nn::Linear(4 * width, width));
    drop_path_ = register_module("drop_path", nn::DropPath());
  }

  at::Tensor forward(const at::Tensor& x) {
    const auto y = drop_path_(x, attention(norm1_(x)));
    return drop_path_(y, narrow_(at::gelu(widen_(norm2_(y)))));
  }

 private:
  at::Tensor attention(const at::Tensor& x) {
    const int64_t items = x.size(0), tokens = x.size(1), width = x.size(2);
    const auto parts = qkv_(x).view({items, tokens, 3, heads_, width / heads_}).permute({2, 0, 3, 1, 4});
    const auto seen = at::scaled_dot_product_attention(parts[0], parts[1], parts[2]);
    return proj_(seen.transpose(1, 2).reshape({items, tokens, width}));
  }

  int64_t heads_;
  nn::LayerNorm norm1_{nullptr}, norm2_{nullptr};
  nn::Linear qkv_{nullptr}, proj_{nullptr}, widen_{nullptr}, narrow_{nullptr};
  nn::DropPath drop_path_{nullptr};
};

/// Gives the class token's features as an image of one pixel.
class VisionTransformer : public Backbone {
 public:
  explicit VisionTransformer(const ViTShape& shape) : width_(shape.width) {
    class_token_ = register_parameter("cls_token", at::zeros({1, 1, width_}));
    positions_ = register_parameter("pos_embed", at::zeros({1, 1 + kGrid * kGrid, width_}));
    patches_ =
        nest(*this, "patch_embed.proj",
             nn::Conv2d(nn::ConvOptions{.in = 3, .out = width_, .kernel = kPatch, .stride = kPatch, .bias = true}));
    for (int k = 0; k < kBlocks; ++k)
      blocks_.push_back(nest(*this, "blocks." + std::to_string(k), std::make_shared<Block>(shape)));
    norm_ = register_module("norm", nn::LayerNorm(width_));
    // A second holder of the two tensors, for groups(): a layer group is made of modules.
    tokens_->register_parameter("cls_token", class_token_);
    tokens_->register_parameter("pos_embed", positions_);
  }

  torch::Tensor forward(const torch::Tensor& x) override { return part(x, 0, 1 + kBlocks); }
  /// Between its groups are tokens, [N, T, C].
  torch::Tensor part(const torch::Tensor& x, int first, int last) override {
    auto y = first == 0 && last > 0 ? tokens_of(x) : x;
    for (int k = 1; k <= kBlocks; ++k)
      if (k >= first && k < last) y = blocks_[static_cast<size_t>(k - 1)]->forward(y);
    return first <= kBlocks && last > kBlocks ? norm_(y.select(1, 0)).unsqueeze(2).unsqueeze(3) : y;
  }

  int64_t channels() const override { return width_; }

  std::vector<nn::LayerGroup> groups() const override {
    std::vector<nn::LayerGroup> all = {{"patches, positions", {patches_.ptr(), tokens_}}};
    for (size_t k = 0; k < blocks_.size(); ++k) all.push_back({"block " + std::to_string(k + 1), {blocks_[k]}});
    all.back().modules.push_back(norm_.ptr());
    return all;
  }

 private:
  /// [N, 3, H, W] → [N, T, C]: the class token, then a token a patch, with their positions.
  at::Tensor tokens_of(const at::Tensor& x) {
    for (const int64_t side : {x.size(2), x.size(3)})
      if (side % kPatch != 0)
        throw ConfigError("data.size", "is " + std::to_string(side) +
                                           " pixels; a vision transformer needs a multiple of " +
                                           std::to_string(kPatch) + ", the side of its patches");
    const auto patches = patches_(x);
    const auto first = class_token_.to(x.scalar_type()).expand({x.size(0), -1, -1});
    const auto place = positions(patches.size(2), patches.size(3)).to(x.scalar_type());
    return at::cat({first, patches.flatten(2).transpose(1, 2)}, 1) + place;
  }

  /// [1, 1 + rows · columns, C] in the parameter's dtype; for another grid than the learnt one, interpolated as timm
  /// does: bicubically, and with a wider kernel where it shrinks.
  at::Tensor positions(int64_t rows, int64_t columns) const {
    if (rows == kGrid && columns == kGrid) return positions_;
    const auto grid = positions_.slice(1, 1).to(at::kFloat).view({1, kGrid, kGrid, width_}).permute({0, 3, 1, 2});
    const auto resized = at::_upsample_bicubic2d_aa(grid, std::array{rows, columns}, /*align_corners=*/false);
    const auto flat = resized.permute({0, 2, 3, 1}).reshape({1, rows * columns, width_});
    return at::cat({positions_.slice(1, 0, 1), flat.to(positions_.scalar_type())}, 1);
  }

  int64_t width_;
  at::Tensor class_token_, positions_;
  std::shared_ptr<torch::nn::Module> tokens_ = std::make_shared<torch::nn::Module>();
  nn::Conv2d patches_{nullptr};
  std::vector<std::shared_ptr<Block>> blocks_;
  nn::LayerNorm norm_{nullptr};
};

Top class_token_top(torch::nn::Module& network, int64_t channels, int64_t outputs) {
  auto linear = network.register_module("head", nn::Linear(channels, outputs));
  return [linear](const torch::Tensor& maps) mutable {
    return linear->forward(maps.flatten(1).to(linear->weight.scalar_type()));
  };
}

template <ViTShape shape>
BackboneRow row(const std::string& name, double million_parameters, double top1, const std::string& summary) {
  const std::string published = name + ".augreg_in21k_ft_in1k";
  return {.name = name,
          .family = "vision_transformer",
          .summary = summary,
          .million_parameters = million_parameters,
          .top1 = top1,
          .normalisation = {.mean = {0.5, 0.5, 0.5}, .deviation = {0.5, 0.5, 0.5}},
          .pool = "mean",  // of one pixel
          .classifier = {"head"},
          .licence = "Apache-2.0",
          .source = "timm, " + published,
          .file = published + ".safetensors",
          .layers = []() -> std::shared_ptr<Backbone> { return std::make_shared<VisionTransformer>(shape); },
          .top = class_token_top,
          .start = nn::Start::narrow,
          .multiple = kPatch};
}

}  // namespace

std::vector<BackboneRow> vision_transformers() {
  return {row<{384, 6}>("vit_small_patch16_224", 21.67, 81.384, "the small transformer; wants its published weights"),
          row<{768, 12}>("vit_base_patch16_224", 85.80, 84.532, "the usual transformer; for a GPU or much patience")};
}

}  // namespace tenfold::vision
