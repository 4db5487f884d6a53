#pragma once
// Ends a fit once validation has stopped getting better.

#include <string>

#include "tenfold/train/callback.h"

namespace tenfold {

struct EarlyStopOptions {
  int patience = 3;      ///< epochs in a row without a better value that end the fit
  double min_delta = 0;  ///< smaller gains do not count
  std::string metric{};  ///< else the learner's first; "valid_loss" is the loss
};

/// Throws ConfigError for patience below 1, and at the beginning of a fit without validation.
Callback early_stop(const EarlyStopOptions& options);

}  // namespace tenfold
