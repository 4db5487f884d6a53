#pragma once
// Weights and images by the formula of tools/reference_backbones.py, so that both sides compute the same without a
// file.

#include <ATen/ATen.h>

#include <cmath>
#include <string>

#include "tenfold/nn/tensor_file.h"

namespace tenfold::parity {

/// [count] fp64 in [-1, 1), of the name and the element's index.
inline at::Tensor noise(const std::string& name, int64_t count) {
  uint32_t key = 2166136261u;
  for (const char c : name) key = (key ^ static_cast<unsigned char>(c)) * 16777619u;
  auto values = at::empty({count}, at::kDouble);
  auto* out = values.mutable_data_ptr<double>();
  for (int64_t k = 0; k < count; ++k) {
    uint32_t mixed = static_cast<uint32_t>(k) * 2654435761u + key;
    mixed = (mixed ^ (mixed >> 15)) * 2246822519u;
    mixed ^= mixed >> 13;
    out[k] = (mixed >> 8) / 8388608.0 - 1;
  }
  return values;
}

inline void set_by_formula(torch::nn::Module& network) {
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : nn::state_of(network)) {
    if (name.ends_with("num_batches_tracked")) continue;
    auto x = noise(name, tensor.numel());
    if (name.ends_with("running_var")) {
      x = 1 + 0.5 * x;
    } else if (name.ends_with("running_mean") || name.ends_with("bias")) {
      x = 0.1 * x;
    } else if (tensor.dim() == 1) {
      x = 1 + 0.25 * x;
    } else {
      x = x * std::sqrt(6.0 / static_cast<double>(tensor.numel() / tensor.size(0)));
    }
    tensor.copy_(x.to(at::kFloat).view(tensor.sizes()));
  }
}

}  // namespace tenfold::parity
