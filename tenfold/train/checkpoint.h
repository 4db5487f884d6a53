#pragma once
// Checkpoints on disk: one safetensors file with everything a killed run needs to end with the same bits.

#include <filesystem>

#include "tenfold/train/learner.h"

namespace tenfold {

/// Writes atomically. `extra` is the run's own (which stage, recipe hash); comes back from load. `bystander`, if given,
/// is a second model whose weights the run needs too (the full network while its head trains on features).
void save_checkpoint(const std::filesystem::path& path, const Learner& learner, const Json& extra,
                     const nn::Model* bystander = nullptr);

struct Checkpoint {
  Learner::Snapshot snapshot;
  std::map<std::string, at::Tensor> bystander;
  Json extra;
};
/// Throws WeightsError where the file is no checkpoint or is cut off.
Checkpoint load_checkpoint(const std::filesystem::path& path);

}  // namespace tenfold
