#include "tenfold/nn/drop_path.h"

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/nn/keep_mask.h"

namespace tenfold::nn {

DropPathImpl::DropPathImpl(double p) { set_probability(p); }

void DropPathImpl::set_probability(double p) {
  if (!(p >= 0 && p < 1))
    throw ConfigError("drop_path", "is " + std::to_string(p) + "; needs a probability from 0 to below 1");
  p_ = p;
}

torch::Tensor DropPathImpl::forward(const torch::Tensor& x, const torch::Tensor& branch) {
  if (!drops()) return x + branch;
  std::vector<int64_t> an_item(static_cast<size_t>(x.dim()), 1);
  an_item[0] = x.size(0);
  const auto mask = keep_mask(x.size(0), p_, key_, calls_++).view(an_item);
  return at::addcmul(x, branch, mask.to(x.device(), x.scalar_type()));
}

int64_t set_drop_path(torch::nn::Module& module, double last) {
  std::vector<DropPathImpl*> layers;
  module.apply([&](torch::nn::Module& layer) {
    if (auto* drop = dynamic_cast<DropPathImpl*>(&layer)) layers.push_back(drop);
  });
  const auto steps = static_cast<double>(layers.size()) - 1;
  for (size_t k = 0; k < layers.size(); ++k)
    layers[k]->set_probability(steps > 0 ? last * static_cast<double>(k) / steps : last);
  return static_cast<int64_t>(layers.size());
}

}  // namespace tenfold::nn
