#pragma once
// Tells a caller of rows as they come: progress bars, logs, plots.

#include <functional>

#include "tenfold/train/callback.h"

namespace tenfold {

/// Each may be empty.
struct Observers {
  std::function<void(const StageRow&, int64_t steps)> stage;  ///< at the beginning; steps of this fit in all
  std::function<void(const StepRow&, int64_t done, int64_t steps)> step;
  std::function<void(const EpochRow&)> epoch;
};

/// List it last, so that rows are as the other callbacks left them.
Callback progress(Observers observers);

}  // namespace tenfold
