#include "tenfold/nn/model.h"

#include <ATen/ATen.h>

#include "tenfold/nn/norm_act.h"
#include "tenfold/nn/norm_gelu.h"

namespace tenfold::nn {

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

std::vector<torch::nn::Module*> norms(torch::nn::Module& module) {
  std::vector<torch::nn::Module*> found;
  module.apply([&](torch::nn::Module& layer) {
    if (dynamic_cast<NormActImpl*>(&layer) || dynamic_cast<NormGeluImpl*>(&layer)) found.push_back(&layer);
  });
  return found;
}

bool is_norm_or_bias(const torch::nn::Module& owner, const std::string& parameter) {
  return parameter.substr(parameter.rfind('.') + 1) == "bias" || dynamic_cast<const NormActImpl*>(&owner) != nullptr;
}

}  // namespace tenfold::nn
