#pragma once
// Where a model is wrong: confusion matrix, most confused classes, labels one by one, values against the truth, top
// losses. Torch-free results for reports.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/train/predictions.h"

namespace tenfold {

struct Confused {
  std::string actual, predicted;
  int64_t count = 0;
};

/// An output whose evidence in an item is worth seeing.
struct Look {
  int64_t output = 0;    ///< its number
  std::string name;      ///< class, label or output
  double value = 0;      ///< its probability, or the value predicted
  bool expected = true;  ///< what is actual; false: what is predicted, and wrong
};

struct TopLoss {
  int64_t index = 0;  ///< in the dataset
  std::string name, actual, predicted;
  double loss = 0;
  double probability = 0;  ///< of the predicted class
  /// What is predicted wrongly, then what is actual: the two classes; of labels the surest given wrongly and the least
  /// sure of those missed; of values the one furthest off. One where the prediction is right.
  std::vector<Look> looks{};
};

/// One label of a multi-label task, at the threshold of the task. Shares of nothing are NaN.
struct LabelScore {
  std::string name;
  int64_t items = 0, given = 0, right = 0;  ///< that have it, that are given it, both
  double precision = 0, recall = 0, f1 = 0, f2 = 0;
};

/// What each threshold would give: over all labels precision and recall, and the metrics f1 and f2 (means over items).
struct ThresholdCurve {
  std::vector<double> threshold, precision, recall, f1, f2;  ///< ascending thresholds; NaN where nothing is given
  double used = 0;                                           ///< the task's
};

/// One output of a regression, item by item in the order of the predictions.
struct Output {
  std::string name;
  std::vector<double> actual, predicted;
  double rmse = 0, mae = 0, bias = 0;  ///< bias: mean of predicted - actual
  double r2 = 0;                       ///< NaN where the actual values never change
};

struct Interpretation {
  std::vector<std::string> classes;
  std::vector<std::vector<int64_t>> confusion;  ///< [actual][predicted]; empty for regression and multi-label
  std::vector<Confused> most_confused;          ///< off the diagonal, descending
  std::vector<LabelScore> labels;               ///< multi-label, in class order; else empty
  ThresholdCurve thresholds;                    ///< multi-label
  std::vector<Output> outputs;                  ///< regression
  std::vector<TopLoss> top_losses;              ///< descending
  std::vector<bool> right;                      ///< one an item; of labels: all of them; false for values
};

/// A target or a decoded prediction in words: a class, labels joined by a space, or values to six digits.
std::string in_words(const nn::Task& task, const std::vector<std::string>& names, const at::Tensor& value);

/// `names`: classes or labels, for a regression its outputs. Throws ConfigError where the predictions have no labels.
Interpretation interpret(const nn::Task& task, const std::vector<std::string>& names, const Predictions& predictions,
                         int64_t top = 12);

}  // namespace tenfold
