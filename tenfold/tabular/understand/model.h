#pragma once
// What the questions to a model of a table need of it: predictions for rows, and how good they are.

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>

#include "tenfold/nn/task.h"
#include "tenfold/tabular/table_dataset.h"

namespace tenfold::tabular {

/// Activated predictions [N, outputs] fp32 of rows; the target of the columns is not looked at.
using Predict = std::function<at::Tensor(const Columns&)>;

/// A metric of predictions against the targets it was made with.
struct Score {
  std::string name;
  bool higher_is_better = true;
  std::function<double(const at::Tensor& predicted)> of;
};

/// The metric of that name (train/metric.h) on these targets.
Score score_of(const std::string& metric, const nn::Task& task, const at::Tensor& target);

/// The rows of the columns, in that order. rows: [M] int64.
Columns select(const Columns& columns, const at::Tensor& rows);

}  // namespace tenfold::tabular
