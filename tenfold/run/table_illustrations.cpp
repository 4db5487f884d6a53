// Tables in a report: importance and dependence of columns, calibration, maps of the categories' vectors.

#include <torch/types.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/run/illustrate.h"
#include "tenfold/tabular/learner.h"
#include "tenfold/tabular/table_dataset.h"
#include "tenfold/tabular/understand/dependence.h"
#include "tenfold/tabular/understand/importance.h"
#include "tenfold/tabular/understand/vectors.h"
#include "tenfold/train/calibration.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

constexpr size_t kDrawn = 6;          // columns whose values are looked at
constexpr size_t kMostLevels = 1200;  // of a category on a map

/// The split's rows as columns of their own.
tabular::Columns columns_of(const tabular::TableDataset& rows) {
  std::vector<int64_t> numbers;
  for (int64_t k = 0; k < rows.size(); ++k) numbers.push_back(rows.row(k));
  return tabular::select(rows.columns(), at::tensor(numbers, at::kLong));
}

tabular::Predict predict_by(Learner& learner) {
  return [&learner](const tabular::Columns& columns) {
    const at::NoGradGuard no_grad;
    const EvaluationMode evaluation(learner.model());
    const Batch batch = tabular::TableTransform().apply(
        {.x = {columns.codes.to(at::kLong), columns.continuous}, .y = {}, .index = {}}, std::nullopt, learner.dtype());
    return nn::activate(learner.task(), learner.model().forward(batch.x).to(at::kFloat));
  };
}

report::CalibrationPlot calibration_of(const Findings& found, const std::vector<std::string>& classes) {
  report::CalibrationPlot plot;
  if (found.task.kind != nn::TaskKind::single_label) return plot;
  const bool two = classes.size() == 2;
  const auto [best, predicted] = found.predictions.activated.max(1);
  const auto probability = (two ? found.predictions.activated.select(1, 1) : best).contiguous();
  const auto happened = (two ? found.predictions.target == 1 : predicted == found.predictions.target).contiguous();
  const float* p = probability.const_data_ptr<float>();
  const bool* h = happened.const_data_ptr<bool>();
  const auto measured =
      calibration(std::vector<double>(p, p + probability.numel()), std::vector<bool>(h, h + happened.numel()));
  plot.what = two ? "probability of '" + classes[1] + "'" : "probability of the class predicted";
  plot.error = measured.expected_error;
  for (const auto& bin : measured.bins) {
    plot.probability.push_back(bin.probability);
    plot.observed.push_back(bin.observed);
    plot.items.push_back(bin.items);
  }
  return plot;
}

/// The names, of the preprocessor, of columns made of these of the table, most important first.
std::vector<std::string> names_of(const tabular::Preprocessor& preprocessor, const tabular::Importance& importance) {
  std::vector<std::string> names;
  for (const auto& column : importance.columns) {
    for (const auto& category : preprocessor.categories)
      if (category.source == column.column && category.levels != tabular::LevelType::missing)
        names.push_back(category.name);
    for (const auto& number : preprocessor.numbers)
      if (number.source == column.column) names.push_back(number.name);
  }
  names.resize(std::min(names.size(), kDrawn));
  return names;
}

void add_dependence(report::Page& page, const tabular::Dependence& found, const std::vector<std::string>& outputs,
                    bool two_classes) {
  for (size_t output = two_classes ? 1 : 0; output < found.mean.size() && output < outputs.size(); ++output)
    page.dependence.push_back({.column = found.column,
                               .output = outputs[output],
                               .x = found.x,
                               .level = found.level,
                               .mean = found.mean[output],
                               .items = found.items});
}

report::Scatter map_of(const tabular::CategoryVectors& category, size_t number) {
  const std::string& name = category.category.name;
  report::Scatter map{.id = "levels-" + std::to_string(number), .title = name};
  auto places = tabular::places_of(category.category, category.vectors);
  places.resize(std::min(places.size(), kMostLevels));
  for (auto& place : places) {
    map.x.push_back(place.x);
    map.y.push_back(place.y);
    map.name.push_back(std::move(place.level));
    map.note.emplace_back();
    map.group.push_back(0);
  }
  map.groups = {name};
  return map;
}

}  // namespace

void illustrate(const TablePipeline& table, Learner& learner, const Findings& found, report::Page& page) {
  const auto rows = std::dynamic_pointer_cast<const tabular::TableDataset>(learner.data().split(found.split));
  if (!rows) return;
  const auto columns = columns_of(*rows);
  const auto predict = predict_by(learner);
  const auto& asked = learner.options().metrics;
  const std::string metric = asked.empty() ? default_metrics(found.task.kind).front() : asked.front();
  const auto importance =
      tabular::importance(table.preprocessor, columns, predict,
                          [&](const at::Tensor& target) { return tabular::score_of(metric, found.task, target); },
                          {.seed = learner.options().seed});
  page.importance = {.metric = importance.metric, .base = importance.base, .rows = {}};
  for (const auto& column : importance.columns)
    page.importance.rows.push_back({column.column, column.drop, column.error});
  const auto& outputs = table.preprocessor.target.classes;
  const bool two = found.task.kind == nn::TaskKind::single_label && outputs.size() == 2;
  for (const auto& name : names_of(table.preprocessor, importance))
    add_dependence(page, tabular::dependence(table.preprocessor, columns, predict, name), outputs, two);
  page.calibration = calibration_of(found, outputs);
  size_t number = 0;
  for (const auto& category : tabular::category_vectors(table.preprocessor, learner.model()))
    if (category.vectors.size(0) > 3) page.levels.push_back(map_of(category, number++));
}

}  // namespace tenfold
