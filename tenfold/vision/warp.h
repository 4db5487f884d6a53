#pragma once
// Bytes to what the network takes, in one pass: resample by each image's matrix with reflected borders, light,
// normalise, convert. The same bits for any number of threads.

#include <ATen/core/Tensor.h>

#include <vector>

#include "tenfold/vision/augment.h"
#include "tenfold/vision/backbone.h"

namespace tenfold::vision {

/// images: [N, 3, S, S] uint8, channels-last. One change an image, or none for plain views. → [N, 3, size, size]
/// `dtype` (fp32 or bf16), channels-last, (value - mean) / deviation; size 0 keeps S. A change's matrix takes pixels of
/// the output to pixels of the image, each from its centre, so for another size it holds the scale too. Resampling is
/// bilinear; quarter turns, mirrors and whole-pixel shifts copy pixels as they are. Throws ConfigError for another
/// dtype, images that are not square, or another size without changes.
at::Tensor to_network(const at::Tensor& images, const std::vector<Change>& changes, const Normalisation& normalisation,
                      at::ScalarType dtype, int64_t size = 0);

}  // namespace tenfold::vision
