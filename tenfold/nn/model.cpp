#include "tenfold/nn/model.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "tenfold/core/error.h"
#include "tenfold/nn/layer_norm.h"
#include "tenfold/nn/norm_act.h"
#include "tenfold/nn/norm_gelu.h"

namespace tenfold::nn {
namespace {

/// Parameters that are neither norm nor bias and yet are no weights that a decay would tame: the published recipes of
/// ConvNeXt and ViT leave them out too.
constexpr std::array<std::string_view, 3> kUndecayed = {"layer_scale", "cls_token", "pos_embed"};

bool is_norm(const torch::nn::Module& layer) {
  return dynamic_cast<const NormActImpl*>(&layer) || dynamic_cast<const NormGeluImpl*>(&layer) ||
         dynamic_cast<const LayerNormImpl*>(&layer);
}

void check_cut_at_head(const Model& model, int cut) {
  const auto head = static_cast<int>(model.groups().size()) - 1;
  if (cut != head)
    throw ConfigError("cut", "is at layer group " + std::to_string(cut) + ", and this network can be cut at group " +
                                 std::to_string(head) +
                                 ", its head, only; freeze all but the head, or train without "
                                 "precomputed activations");
}

}  // namespace

std::vector<WeightedLogits> Model::training_logits(const std::vector<torch::Tensor>& x) {
  return {WeightedLogits{forward(x)}};
}

torch::Tensor Model::training_loss(const std::vector<torch::Tensor>& x,
                                   const std::function<torch::Tensor(const torch::Tensor& logits)>& loss) {
  torch::Tensor total;
  for (const auto& [logits, weight] : training_logits(x)) {
    const auto part = loss(logits.to(at::kFloat));
    const auto weighted = weight == 1 ? part : part * weight;
    total = total.defined() ? total + weighted : weighted;
  }
  return total;
}

torch::Tensor Model::activations(const std::vector<torch::Tensor>& x, int cut) {
  check_cut_at_head(*this, cut);
  return features(x);
}

torch::Tensor Model::logits_from(const torch::Tensor& activations, int cut) {
  check_cut_at_head(*this, cut);
  return head(activations);
}

std::string Model::fingerprint(int cut) const {
  check_cut_at_head(*this, cut);
  return body_fingerprint();
}

std::vector<torch::nn::Module*> norms(torch::nn::Module& module) {
  std::vector<torch::nn::Module*> found;
  module.apply([&](torch::nn::Module& layer) {
    if (is_norm(layer)) found.push_back(&layer);
  });
  return found;
}

bool is_norm_or_bias(const torch::nn::Module& owner, const std::string& parameter) {
  const std::string key = parameter.substr(parameter.rfind('.') + 1);
  return key == "bias" || is_norm(owner) || std::find(kUndecayed.begin(), kUndecayed.end(), key) != kUndecayed.end();
}

}  // namespace tenfold::nn
