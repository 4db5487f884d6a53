#include "tenfold/tabular/learner.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

constexpr int64_t kMostRows = 1 << 18;  // enough for any quantile

/// Numbers of at most kMostRows training rows, evenly spread, [M, K] fp32.
at::Tensor numbers_of(const TableDataset& rows) {
  const int64_t stride = (rows.size() + kMostRows - 1) / kMostRows;
  std::vector<int64_t> items;
  for (int64_t k = 0; k < rows.size(); k += stride) items.push_back(k);
  return rows.gather(std::move(items), std::nullopt).x.at(1);
}

void check_shape(const TableDataset& rows, const TableShape& shape) {
  const auto& columns = rows.columns();
  if (columns.codes.size(1) != static_cast<int64_t>(shape.levels.size()) ||
      columns.continuous.size(1) != shape.continuous)
    throw ConfigError("data", "has rows of " + std::to_string(columns.codes.size(1)) + " categorical and " +
                                  std::to_string(columns.continuous.size(1)) +
                                  " continuous columns, and the network is for " + std::to_string(shape.levels.size()) +
                                  " and " + std::to_string(shape.continuous) +
                                  "; preprocess with what the network was made for");
}

}  // namespace

Batch TableTransform::apply(Batch batch, const std::optional<Key>&, at::ScalarType dtype) const {
  batch.x.push_back(at::empty({0}, batch.x.at(1).options().dtype(dtype)));
  return batch;
}

TableData table_data(std::shared_ptr<const TableDataset> train, std::shared_ptr<const TableDataset> valid,
                     std::shared_ptr<const TableDataset> test, TableShape shape, nn::Task task,
                     std::vector<std::string> classes) {
  for (const auto& rows : {train, valid, test})
    if (rows) check_shape(*rows, shape);
  TableData table{.data = {.train = std::move(train), .valid = std::move(valid), .test = std::move(test)},
                  .shape = std::move(shape),
                  .task = std::move(task)};
  table.data.transform = std::make_shared<TableTransform>();
  (table.task.kind == nn::TaskKind::regression ? table.data.outputs : table.data.classes) = std::move(classes);
  return table;
}

nn::Task with_range(nn::Task task, const std::vector<double>& range) {
  if (range.empty()) return task;
  if (range.size() != 2 || !(range[0] < range[1]))
    throw ConfigError("model.range", "has " + std::to_string(range.size()) +
                                         " values; needs the lowest and the highest prediction, such as 0, 12");
  if (task.kind != nn::TaskKind::regression)
    throw ConfigError("model.range", "limits predicted numbers, and this task predicts classes; leave it out");
  task.range = {range[0], range[1]};
  return task;
}

Learner learner(const TableData& table, const ModelOptions& model, LearnerOptions training) {
  const auto task = with_range(table.task, model.range);
  auto network = make_model(model, table.shape, task, training.seed);
  if (const auto rows = std::dynamic_pointer_cast<const TableDataset>(table.data.train); rows && rows->size() > 0)
    network->fit(numbers_of(*rows));
  return Learner(table.data, std::move(network), task, std::move(training));
}

}  // namespace tenfold::tabular
