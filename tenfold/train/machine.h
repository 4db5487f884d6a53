#pragma once
// What this machine offers a learner, and what "auto" and 0 in the options stand for here.

#include <torch/types.h>

#include "tenfold/nn/task.h"
#include "tenfold/train/options.h"

namespace tenfold {

/// Cores that this process may use (its CPU affinity counts), at least 1.
int cores();

/// Whether bf16 is the faster of the two: AVX512-BF16, AMX or ARM's BF16 on the CPU; every GPU that LibTorch supports.
bool prefers_bf16(const torch::Device& device);

/// The device by its name. Throws ConfigError("device", …) for an unknown one or one that is not here.
torch::Device device_named(const std::string& name);

/// The options with threads, workers, precision and metrics as they will be used: threads 0 → min(cores, 8), workers 0
/// → cores. Throws ConfigError for those that cannot work.
LearnerOptions resolved(LearnerOptions options, nn::TaskKind task);

/// Pins the compute threads. Bits depend on their number, so every entry point calls it.
void pin_threads(int threads);

}  // namespace tenfold
