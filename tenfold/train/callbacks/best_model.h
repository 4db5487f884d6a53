#pragma once
// Ends a fit with the weights of its best epoch instead of its last.

#include <string>

#include "tenfold/train/callback.h"

namespace tenfold {

struct BestModelOptions {
  std::string metric{};  ///< else the learner's first; "valid_loss" is the loss
};

/// Keeps the weights that validated best: of equal metrics the one of lower loss, of equal losses the earlier. List it
/// after ema(): what it keeps is what was validated. Throws ConfigError at the beginning of a fit without validation.
Callback best_model(const BestModelOptions& options = {});

}  // namespace tenfold
