#pragma once
// Which pixel operations an image gets: RandAugment (Cubuk et al. 2019, arXiv 1909.13719) and TrivialAugment Wide
// (Müller & Hutter 2021, arXiv 2103.10158), with torchvision's ranges. Torch-free.

#include <cstdint>
#include <vector>

#include "tenfold/core/random.h"
#include "tenfold/vision/options.h"
#include "tenfold/vision/pixel_ops.h"

namespace tenfold::vision {

struct PolicyOptions {
  Policy kind = Policy::none;
  int operations = 2;  ///< rand_augment: one after the other
  int magnitude = 9;   ///< rand_augment: 0 to 30
};

/// rand_augment: `operations` of the 14, each as likely, at magnitude / 30 of: shear 0.3, translation 150 / 331 of the
/// side, rotation 30°, brightness, colour, contrast and sharpness 0.9 (sign at random), posterize 8 to 4 bits, solarize
/// 255 to 0. trivial_augment: one operation, its magnitude one of 31 steps up to: shear 0.99, 32 pixels, 135°, 0.99,
/// posterize to 2 bits, solarize. `size` is the image's side.
std::vector<Operation> draw_operations(const PolicyOptions& options, int64_t size, Draw draw);

}  // namespace tenfold::vision
