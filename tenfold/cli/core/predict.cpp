// tenfold predict.

#include "tenfold/cli/commands/predict.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/trained.h"
#include "tenfold/cli/core/translations.h"
#include "tenfold/cli/progress.h"
#include "tenfold/core/file.h"
#include "tenfold/data/write_csv.h"
#include "tenfold/run/companion.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/results.h"

namespace tenfold::cli {
namespace {

constexpr int64_t kPart = 1 << 16;  // rows predicted, then written

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

/// The CSV, as it comes: to the file, or kept for standard output.
class Written {
 public:
  explicit Written(const std::string& path) : path_(path) {
    if (!path.empty()) file_.emplace(path);
  }
  void add(std::string_view text, size_t rows) {
    rows_ += rows;
    if (file_)
      file_->write(text);
    else
      text_ += text;
  }
  /// What to print.
  std::string end() {
    if (!file_) return std::move(text_);
    file_->commit();
    return std::to_string(rows_) + " predictions in " + path_ + "\n";
  }

 private:
  std::string path_, text_;
  std::optional<AtomicFile> file_{};
  size_t rows_ = 0;
};

}  // namespace

Answer predict_items(const Arguments& arguments) {
  const auto request = predict_request(arguments);
  const std::vector<std::string> words(arguments.positionals.begin() + 1, arguments.positionals.end());
  const Bundle bundle = load_bundle(model_file(arguments.positionals.at(0)));
  const auto& pipeline = bundle.pipeline;
  if (std::holds_alternative<TranslationPipeline>(pipeline.of)) return translate_items(bundle, words, request);
  const auto paths = paths_of(words);
  if (request.top > 0 && pipeline.task.kind == nn::TaskKind::regression)
    throw ConfigError("--top", "ranks classes, and this model predicts values; leave it out");
  std::vector<std::string> told;
  Learner learner = learner_for(bundle, to_predict(paths, pipeline, &told),
                                options_for(pipeline, {request.batch, request.workers, request.skip_broken}));
  const Companion companion(pipeline);
  const bool json = arguments.text("json").has_value();
  Written written(request.out);
  std::vector<Item> items;
  {
    Progress progress(std::cerr, terminal(STDERR_FILENO));
    const OnItems on_items = [&](int64_t done, int64_t all) { progress.update("predicting", done, all); };
    if (!json && request.top == 0 && !request.tta) {
      written.add(predictions_header(pipeline.task, pipeline.classes, pipeline.outputs), 0);
      predict_in_parts(
          learner, Split::test, kPart,
          [&](Predictions part) {
            companion.blend(learner, Split::test, part);
            to_unit(pipeline, part);
            written.add(predictions_rows(pipeline.task, pipeline.classes, part), part.names.size());
          },
          on_items);
    } else {
      Predictions predictions = request.tta ? tta(learner, Split::test, *request.tta.options, on_items)
                                            : predict(learner, Split::test, on_items);
      companion.blend(learner, Split::test, predictions);
      to_unit(pipeline, predictions);
      items = items_of(pipeline, predictions, static_cast<size_t>(request.top));
      written.add(request.top > 0 ? top_csv(items)
                                  : predictions_csv(pipeline.task, pipeline.classes, pipeline.outputs, predictions),
                  items.size());
    }
    for (const auto& text : told) progress.say(text);
    for (const auto& skipped : learner.skipped()) progress.say("left out " + skipped);
  }
  return {.text = written.end(), .json = json ? json_of(items) : Json::object()};
}

}  // namespace tenfold::cli
