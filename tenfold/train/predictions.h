#pragma once
// Evaluation, prediction and test-time augmentation.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tenfold/train/learner.h"

namespace tenfold {

struct Predictions {
  at::Tensor activated;            ///< [N, classes] probabilities, or [N, outputs] values, fp32, in dataset order
  at::Tensor target;               ///< as collated; undefined where there are no labels
  at::Tensor item_loss;            ///< [N]; undefined without labels
  std::vector<std::string> names;  ///< one an item
  std::vector<int64_t> index;      ///< one an item: its number in the dataset (skipped items are missing)
};

/// Reports items done out of all; may be empty.
using OnItems = std::function<void(int64_t done, int64_t all)>;

/// One plain pass in evaluation mode. Throws ConfigError where the split is not there.
Predictions predict(Learner& learner, Split split, const OnItems& progress = {});

/// Plain and augmented views, averaged as probabilities (never as logarithms): plain_weight · plain + (1 - plain_weight) · mean
/// of the views. View k draws from (seed, k, item, tta). ConfigError where the data has no augmentation or features are cached.
Predictions tta(Learner& learner, Split split, const TtaOptions& options = {}, const OnItems& progress = {});

struct Evaluation {
  double loss = 0;
  std::map<std::string, double> metrics;
};
Evaluation evaluate(const nn::Task& task, const Predictions& predictions, const std::vector<std::string>& metrics);

}  // namespace tenfold
