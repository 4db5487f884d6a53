#pragma once
// Gradient clipping by the global norm. Pascanu, Mikolov & Bengio 2013, arXiv 1211.5063.

#include "tenfold/train/callback.h"

namespace tenfold {

struct ClipOptions {
  double norm = 1;  ///< largest 2-norm of all gradients together
};

/// Scales all gradients by min(1, norm / (their global norm + 1e-6)). Throws ConfigError for a norm that is not above
/// 0.
Callback clip(const ClipOptions& options);

}  // namespace tenfold
