// tenfold predict.

#include "tenfold/cli/commands/predict.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <numeric>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/trained.h"
#include "tenfold/cli/progress.h"
#include "tenfold/core/file.h"
#include "tenfold/data/write_csv.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/results.h"

namespace tenfold::cli {
namespace {

/// PATH as given; "-" stands for the lines of standard input.
std::vector<std::string> paths_of(const std::vector<std::string>& words) {
  std::vector<std::string> paths;
  for (const auto& word : words) {
    if (word != "-") {
      paths.push_back(word);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);)
      if (!line.empty()) paths.push_back(line);
  }
  if (paths.empty()) throw UsageError("standard input named no file");
  return paths;
}

const std::vector<std::string>& columns_of(const Pipeline& pipeline) {
  return pipeline.task.kind == nn::TaskKind::regression ? pipeline.outputs : pipeline.classes;
}

/// Columns by descending probability, the first `top`.
std::vector<size_t> best_columns(const float* row, size_t columns, size_t top) {
  std::vector<size_t> order(columns);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return row[a] > row[b]; });
  order.resize(std::min(top, columns));
  return order;
}

struct Item {
  std::string name, predicted;
  std::vector<std::pair<std::string, double>> values;  ///< class and probability, or output and value
};

std::vector<Item> items_of(const Pipeline& pipeline, const Predictions& predictions, size_t top) {
  const auto& columns = columns_of(pipeline);
  const auto values = predictions.activated.contiguous();  // [N, columns] fp32
  std::vector<Item> items;
  for (size_t k = 0; k < predictions.names.size(); ++k) {
    const float* row = values.const_data_ptr<float>() + k * columns.size();
    Item item{.name = predictions.names[k],
              .predicted = predicted_text(pipeline.task, pipeline.classes, predictions, static_cast<int64_t>(k)),
              .values = {}};
    std::vector<size_t> shown(columns.size());
    std::iota(shown.begin(), shown.end(), size_t{0});
    if (top > 0) shown = best_columns(row, columns.size(), top);
    for (const size_t column : shown) item.values.emplace_back(columns[column], row[column]);
    items.push_back(std::move(item));
  }
  return items;
}

/// name,predicted,class_1,probability_1,…
std::string top_csv(const std::vector<Item>& items) {
  std::string csv = "name,predicted";
  for (size_t k = 1; k <= items.front().values.size(); ++k)
    csv += ",class_" + std::to_string(k) + ",probability_" + std::to_string(k);
  csv += "\n";
  for (const auto& item : items) {
    csv += csv_field(item.name) + "," + csv_field(item.predicted);
    for (const auto& [column, value] : item.values) csv += "," + csv_field(column) + "," + number(value, 6);
    csv += "\n";
  }
  return csv;
}

Json json_of(const std::vector<Item>& items) {
  Json list = Json::array();
  for (const auto& item : items) {
    Json values = Json::object();
    for (const auto& [column, value] : item.values) values[column] = value;
    list.push_back({{"name", item.name}, {"predicted", item.predicted}, {"values", values}});
  }
  return {{"predictions", list}};
}

}  // namespace

Answer predict_items(const Arguments& arguments) {
  const auto request = predict_request(arguments);
  const auto paths = paths_of({arguments.positionals.begin() + 1, arguments.positionals.end()});
  const Bundle bundle = load_bundle(model_file(arguments.positionals.at(0)));
  const auto& pipeline = bundle.pipeline;
  if (request.top > 0 && pipeline.task.kind == nn::TaskKind::regression)
    throw ConfigError("--top", "ranks classes, and this model predicts values; leave it out");
  Learner learner = learner_for(bundle, to_predict(paths, pipeline),
                                options_for(pipeline, {request.batch, request.workers, request.skip_broken}));
  Predictions predictions;
  {
    Progress progress(std::cerr, terminal(STDERR_FILENO));
    const OnItems on_items = [&](int64_t done, int64_t all) { progress.update("predicting", done, all); };
    predictions = request.tta ? tta(learner, Split::test, *request.tta.options, on_items)
                              : predict(learner, Split::test, on_items);
    for (const auto& skipped : learner.skipped()) progress.say("left out " + skipped);
  }
  const auto items = items_of(pipeline, predictions, static_cast<size_t>(request.top));
  const std::string csv = request.top > 0
                              ? top_csv(items)
                              : predictions_csv(pipeline.task, pipeline.classes, pipeline.outputs, predictions);
  if (request.out.empty()) return {.text = csv, .json = json_of(items)};
  write_file(request.out, csv);
  return {.text = std::to_string(items.size()) + " predictions in " + request.out + "\n", .json = json_of(items)};
}

}  // namespace tenfold::cli
