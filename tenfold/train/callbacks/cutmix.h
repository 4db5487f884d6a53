#pragma once
// CutMix: training on images with a box of another one pasted in, and on both targets. Yun et al. 2019, arXiv
// 1905.04899.

#include <cstdint>

#include "tenfold/core/random.h"
#include "tenfold/train/callback.h"

namespace tenfold {

struct CutmixOptions {
  double alpha = 1;  ///< of Beta(alpha, alpha), the share that an image keeps; 1: every share is as likely
};

/// In pixels, inside the image.
struct PastedBox {
  int64_t x = 0, y = 0, width = 0, height = 0;
};

/// λ ~ Beta(alpha, alpha); sides width · √(1 - λ) and height · √(1 - λ), rounded; centre anywhere in the image, the box
/// cut at its border.
PastedBox draw_box(int64_t height, int64_t width, double alpha, Draw draw);

/// Each item draws a box and shows there its partner in a permutation of the batch (fastai draws one box for the whole
/// batch). λ is then what is left of the item by area. Class targets: λ loss(i) + (1 - λ) loss(j), mean; float targets
/// are blended. Draws are keyed by (seed, step, item), and steps count over all stages of a run. Training only. Throws
/// ConfigError for an alpha that is not above 0, and while training where the items are no images.
Callback cutmix(const CutmixOptions& options);

}  // namespace tenfold
