#pragma once
// Watches for training that goes wrong before the loss is NaN, where every fit stops anyway.

#include "tenfold/train/callback.h"

namespace tenfold {

enum class OnTrouble { fail, stop };

struct NanWatchOptions {
  OnTrouble then = OnTrouble::fail;  ///< throw TrainingError, or end the fit with the weights of the step before
  double spike = 0;  ///< also where a loss exceeds the running one this many times, after 20 steps; 0 is off
};

/// Looks at every gradient before the optimiser's step: one that is not finite would ruin weights and moments for good.
/// Costs one norm a step. TrainingError names the first such parameter.
Callback nan_watch(const NanWatchOptions& options = {});

}  // namespace tenfold
