#pragma once
// Bytes to what the network takes, in one pass: resample by each image's matrix with reflected borders, light,
// normalise, convert. The same bits for any number of threads.

#include <ATen/core/Tensor.h>

#include <vector>

#include "tenfold/vision/augment.h"
#include "tenfold/vision/backbone.h"

namespace tenfold::vision {

/// images: [N, 3, S, S] uint8, channels-last. One change an image, or none for plain views. → [N, 3, S, S] `dtype`
/// (fp32 or bf16), channels-last, (value - mean) / deviation. Resampling is bilinear; quarter turns, mirrors and
/// whole-pixel shifts copy pixels as they are. Throws ConfigError for another dtype or images that are not square.
at::Tensor to_network(const at::Tensor& images, const std::vector<Change>& changes, const Normalisation& normalisation,
                      at::ScalarType dtype);

}  // namespace tenfold::vision
