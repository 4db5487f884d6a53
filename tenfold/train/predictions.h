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

/// One plain pass in evaluation mode; modes and weights are as before afterwards. Throws ConfigError where the split is
/// not there.
Predictions predict(Learner& learner, Split split, const OnItems& progress = {});

/// Plain and augmented views, averaged as probabilities (never as logarithms): plain_weight · plain + (1 -
/// plain_weight) · mean of the views. View k is the training view of an epoch of its own, 2^31 + k, which no training
/// reaches. item_loss is of the plain view. Throws ConfigError where the data has no augmentation or features are
/// cached: every view would be the plain one.
Predictions tta(Learner& learner, Split split, const TtaOptions& options = {}, const OnItems& progress = {});

/// What each item's loss counts in the mean, [N] fp32: its class's weight where a single-label task has class weights,
/// else 1.
at::Tensor item_weights(const nn::Task& task, const at::Tensor& target);

struct Evaluation {
  double loss = 0;
  std::map<std::string, double> metrics;
};
/// Over the whole set; the loss is the mean that training minimises. Empty where predictions have no target.
Evaluation evaluate(const nn::Task& task, const Predictions& predictions, const std::vector<std::string>& metrics);

}  // namespace tenfold
