#pragma once
// Adam's running moments over lists of tensors, for the methods that LibTorch's C++ API lacks. Internal to this room.

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_addcmul.h>
#include <ATen/ops/_foreach_div.h>
#include <ATen/ops/_foreach_lerp.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_sqrt.h>

#include <cmath>
#include <vector>

namespace tenfold::optim {

/// m ← β1·m + (1 − β1)·g, s ← β2·s + (1 − β2)·g².
inline void update_moments(at::TensorList mean, at::TensorList square, at::TensorList gradients, double beta1,
                           double beta2) {
  at::_foreach_lerp_(mean, gradients, 1 - beta1);
  at::_foreach_mul_(square, beta2);
  at::_foreach_addcmul_(square, gradients, gradients, 1 - beta2);
}

/// √(s / (1 − β2^t)) + ε, of each tensor with its own t.
inline std::vector<at::Tensor> denominators(at::TensorList square, const std::vector<double>& steps, double beta2,
                                            double eps) {
  std::vector<at::Scalar> corrections;
  for (const double t : steps) corrections.emplace_back(std::sqrt(1 - std::pow(beta2, t)));
  auto roots = at::_foreach_sqrt(square);
  at::_foreach_div_(roots, corrections);
  at::_foreach_add_(roots, eps);
  return roots;
}

}  // namespace tenfold::optim
