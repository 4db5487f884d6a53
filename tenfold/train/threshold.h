#pragma once
// From which probability on a label is given: the threshold with the best F-beta on a set that was not trained on.
// A threshold is a parameter like any other, so what it reaches on the set that chose it flatters; the honest figure
// comes from halves that choose for each other.

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

#include "tenfold/nn/task.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

struct ThresholdChoice {
  double threshold = 0.5;
  double beta = 2;
  double f_beta = 0;          ///< reached on the set that chose
  double f_beta_at_half = 0;  ///< what 0.5 would have reached
};

/// Mean over items of F-beta, as the metric f2 is. activated: [N, classes] probabilities, target: [N, classes] of 0 and
/// 1. Tries 0.01, 0.02, …, 0.99; of equal ones the middle. Throws ConfigError for another task than multi-label.
ThresholdChoice choose_threshold(const nn::Task& task, const at::Tensor& activated, const at::Tensor& target,
                                 double beta);

/// Every second item's figures, from the place `first` (0 or 1) on; without names and numbers. Two halves that choose
/// for each other.
Predictions half_of(const Predictions& predictions, int64_t first);

/// As evaluate(), but metrics that a threshold decides are measured on each half of the items (even and odd places)
/// with the threshold that the other half chose, and averaged over items.
Evaluation evaluate_cross_fitted(const nn::Task& task, const Predictions& predictions,
                                 const std::vector<std::string>& metrics, double beta);

}  // namespace tenfold
