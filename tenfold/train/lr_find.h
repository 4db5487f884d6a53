#pragma once
// The learning-rate finder: a geometric sweep that leaves no trace.

#include <functional>

#include "tenfold/train/learner.h"
#include "tenfold/train/lr_curve.h"

namespace tenfold {

/// Sweeps options.steps batches with rates start · (end/start)^(i/steps) on every trained group, then puts weights and
/// norm statistics back; its optimiser is its own. Stops where the smoothed loss exceeds stop_ratio · best, or is not
/// finite. Throws ConfigError for options that cannot work, TrainingError where the very first loss is not finite.
LrCurve lr_find(Learner& learner, const LrFindOptions& options = {},
                const std::function<void(int step)>& progress = {});

}  // namespace tenfold
