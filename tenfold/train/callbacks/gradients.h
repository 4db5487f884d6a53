#pragma once
// The gradients at hand and their global norm, for callbacks that look at them.

#include <torch/types.h>

#include <vector>

#include "tenfold/nn/model.h"
#include "tenfold/train/learner.h"

namespace tenfold {

/// Those that are defined, in order of the parameters.
inline std::vector<at::Tensor> gradients_of(const nn::Model& model) {
  std::vector<at::Tensor> gradients;
  for (const auto& parameter : model.parameters())
    if (parameter.grad().defined()) gradients.push_back(parameter.grad());
  return gradients;
}

/// 2-norm of all of them together, scalar; `gradients` has at least one.
inline at::Tensor global_norm(const std::vector<at::Tensor>& gradients) {
  return at::stack(at::_foreach_norm(gradients, 2)).norm();
}

}  // namespace tenfold
