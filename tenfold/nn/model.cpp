#include "tenfold/nn/model.h"

#include "tenfold/nn/norm_act.h"

namespace tenfold::nn {

std::vector<torch::nn::Module*> norms(torch::nn::Module& module) {
  std::vector<torch::nn::Module*> found;
  module.apply([&](torch::nn::Module& layer) {
    if (dynamic_cast<NormActImpl*>(&layer)) found.push_back(&layer);
  });
  return found;
}

bool is_norm_or_bias(const torch::nn::Module& owner, const std::string& parameter) {
  return parameter.substr(parameter.rfind('.') + 1) == "bias" || dynamic_cast<const NormActImpl*>(&owner) != nullptr;
}

}  // namespace tenfold::nn
