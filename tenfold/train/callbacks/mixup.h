#pragma once
// Mixup: training on blends of pairs of items and of their targets. Zhang et al. 2018, arXiv 1710.09412.

#include "tenfold/train/callback.h"

namespace tenfold {

struct MixupOptions {
  double alpha = 0.4;  ///< of Beta(alpha, alpha); smaller keeps blends nearer to one of the two
};

/// Each item i draws λ ~ Beta(alpha, alpha), takes max(λ, 1 - λ) (as both of fastai's generations) and becomes λ x_i +
/// (1 - λ) x_j, j its partner in a permutation of the batch. Class targets: λ loss(i) + (1 - λ) loss(j), mean; float
/// targets are blended. Draws are keyed by (seed, step, item). Training only. Throws ConfigError for an alpha that is
/// not above 0.
Callback mixup(const MixupOptions& options);

}  // namespace tenfold
