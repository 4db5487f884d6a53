#pragma once
// Bytes to what the network takes, in one pass: resample by each image's matrix with reflected borders, light, normalise,
// convert. The same bits for any number of threads.

#include <vector>

#include <ATen/core/Tensor.h>

#include "tenfold/vision/augment.h"
#include "tenfold/vision/backbone.h"

namespace tenfold::vision {

/// images: [N, 3, S, S] uint8, channels-last. One change an image, or none for plain views. → [N, 3, S, S] `dtype` (fp32 or bf16),
/// channels-last, (value - mean) / deviation. Resampling is bilinear and rounds to bytes before light; matrices of quarter turns,
/// mirrors and whole-pixel shifts move bytes only. Throws ConfigError for another dtype.
at::Tensor to_network(const at::Tensor& images, const std::vector<Change>& changes, const Normalisation& normalisation,
                      at::ScalarType dtype);

}  // namespace tenfold::vision
