#pragma once
// Where in a picture a network looked: gradient-weighted class activation maps.
// Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV 2017.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tenfold/train/learner.h"

namespace tenfold::vision {

/// What speaks for output `outputs[n]` in picture n: ReLU(Σ_c w_c · A_c), where A are the last maps and w_c the mean
/// over places of the output's gradient with respect to A_c (eq. 1 and 2). The output is the logit of a class or label,
/// the value of a regression, the logarithm of the class's probability for an ordinal task. x: [N, 3, H, W] plain views
/// as the network takes them, any dtype → [N, h, w] fp32, at least 0; all 0 where nothing speaks for it. In evaluation
/// mode; modes, weights and gradients are as before afterwards. Throws ConfigError("heat maps", …) where the network
/// has no maps: 1 x 1 features, as transformers', have no places.
at::Tensor grad_cam(Learner& learner, const at::Tensor& x, const std::vector<int64_t>& outputs);

/// Maps [N, h, w] → [N, size, size] fp32 from 0 to 1: bilinear, then each by its own maximum.
at::Tensor heat_of(const at::Tensor& maps, int64_t size);

}  // namespace tenfold::vision
