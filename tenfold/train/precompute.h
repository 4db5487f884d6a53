#pragma once
// Precomputed activations: the frozen body runs once over the plain views; the head then trains on what it said.
// Features lie on disk, keyed by content: body weights, images, size, transforms and precision.

#include <filesystem>

#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

struct FeatureCache {
  std::filesystem::path folder;  ///< made where missing; empty keeps features in memory only
  int64_t max_mib = 4096;        ///< oldest files go first
};

/// A small learner over cached features of train, valid and test: same task, same options, a copy of the head as its
/// model, one layer group. Augmentation has no effect on it. Throws ConfigError where the body is not frozen.
Learner precompute(Learner& learner, const FeatureCache& cache = {}, const OnItems& progress = {});

/// Copies the trained head's parameters and statistics back, appends its record, and counts stages and steps on from
/// it. Throws ConfigError where the heads differ.
void adopt_head(Learner& learner, Learner& head);

}  // namespace tenfold
