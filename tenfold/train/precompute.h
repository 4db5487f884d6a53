#pragma once
// Precomputed activations: the frozen part of a network runs once over the views that training will ask for; the rest
// then trains on what it said. Activations come from a store (train/activation_store.h) that heads, folds, runs and
// processes share: keyed by content, an item a row.

#include <torch/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tenfold/nn/head.h"
#include "tenfold/train/learner.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

struct FeatureCache {
  std::filesystem::path folder{};  ///< of the store, made where missing; empty keeps activations in memory only
  int64_t max_mib = 4096;          ///< bound of the store; what is longest unused goes first
  int views = 0;                   ///< random views of each training item: epoch e trains on view e mod views. 0: plain
  int tta_views = 0;               ///< random views of validation and test items, for tta()
  uint64_t view_seed = 0;          ///< of what is drawn; its own, so that learners of any seed share the views
  /// What activations are kept as; by default what the network computes in. bf16 halves memory and disk, and rounds the
  /// mean-pooled half of fp32 features by up to 1/256.
  std::optional<at::ScalarType> kept_as{};
  std::function<void(const std::string& text)> told{};  ///< hears of damaged files and of a full store
};

/// A small learner over cached activations of train, valid and test: same task, same options. Where all but the head is
/// frozen, its model is a copy of the head, for adopt_head(). Where fewer groups are, activations are cut after the
/// last frozen one, and its model is the rest of the network itself, which trains in place. Of random views of training
/// items, only those that are cached are seen. Throws ConfigError where nothing is frozen, the network cannot be cut
/// there, or views are asked of data without augmentation.
Learner precompute(Learner& learner, const FeatureCache& cache = {}, const OnItems& progress = {});

/// Views of items that precompute() would have to compute because the store has no row for them.
int64_t count_to_compute(Learner& learner, const FeatureCache& cache);

/// A head on its own: its inputs are its features.
std::shared_ptr<nn::Model> head_model(std::shared_ptr<nn::HeadImpl> head);

/// Copies the trained head's parameters and statistics back, appends its record, and counts stages and steps on from
/// it. Throws ConfigError where the heads differ.
void adopt_head(Learner& learner, Learner& head);

}  // namespace tenfold
