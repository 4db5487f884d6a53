#include "tenfold/tabular/understand/model.h"

#include <torch/types.h>

#include "tenfold/train/metric.h"

namespace tenfold::tabular {

Score score_of(const std::string& name, const nn::Task& task, const at::Tensor& target) {
  const Metric& found = metric(name, task.kind);
  return {.name = found.name,
          .higher_is_better = found.higher_is_better,
          .of = [&found, task, target](const at::Tensor& predicted) { return found.compute(task, predicted, target); }};
}

Columns select(const Columns& columns, const at::Tensor& rows) {
  const auto of = [&](const at::Tensor& t) { return t.defined() ? t.index_select(0, rows) : t; };
  return {.codes = of(columns.codes), .continuous = of(columns.continuous), .target = of(columns.target)};
}

}  // namespace tenfold::tabular
