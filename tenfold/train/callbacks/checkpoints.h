#pragma once
// Writes a checkpoint now and then, so that a killed fit can go on.

#include <filesystem>
#include <functional>

#include "tenfold/train/callback.h"
#include "tenfold/train/checkpoint.h"

namespace tenfold {

struct CheckpointsOptions {
  std::filesystem::path path;
  double seconds = 60;                  ///< between two in mid-epoch
  int64_t steps = 0;                    ///< instead, every so many optimiser steps of the run; 0 is off
  std::function<Json()> extra{};        ///< the caller's own part of each
  std::function<bool()> interrupted{};  ///< true: write one and end the fit after this step
};

/// One at the end of every epoch too. List it last, so that the other callbacks' state is that of the step.
Callback checkpoints(const CheckpointsOptions& options);

}  // namespace tenfold
