#pragma once
// Metrics over a whole set, never averages of batches. One row a metric; a new one is one function and one row in
// metric.cpp.

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "tenfold/nn/task.h"

namespace tenfold {

struct Metric {
  std::string name;  ///< "accuracy", "error_rate", "top_5", "f2", "auc", "rmse", "mae", "r2", "kappa", "matthews", …
  std::string help;
  bool higher_is_better = true;
  std::vector<nn::TaskKind> tasks;
  /// activated: [N, classes] probabilities or [N, outputs] values, fp32; target as collated. Returns NaN where
  /// undefined (AUC of one class).
  double (*compute)(const nn::Task& task, const at::Tensor& activated, const at::Tensor& target);
};

/// Throws ConfigError("metrics", …) naming the nearest known, or the tasks it fits.
const Metric& metric(const std::string& name, nn::TaskKind task);
const std::vector<Metric>& metrics();
std::vector<std::string> default_metrics(nn::TaskKind task);

/// Mean over items of F-beta = (1 + β²) P R / (β² P + R). given, wanted: [N, labels] of 0 and 1; 0 for an item with
/// neither.
double f_beta_of_labels(const at::Tensor& given, const at::Tensor& wanted, double beta);

/// Counts [classes, classes] int64: row the actual class, column the predicted one. actual, predicted: int64 [N].
at::Tensor confusion(int64_t classes, const at::Tensor& actual, const at::Tensor& predicted);

}  // namespace tenfold
