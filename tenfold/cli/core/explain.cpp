// tenfold explain.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "tenfold/cli/commands/predict.h"
#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/trained.h"
#include "tenfold/cli/progress.h"
#include "tenfold/core/file.h"
#include "tenfold/run/finish.h"
#include "tenfold/train/interpretation.h"
#include "tenfold/vision/images.h"

namespace tenfold::cli {
namespace {

constexpr size_t kWidestMatrix = 20;  // classes that still fit a screen
constexpr size_t kConfused = 10;

Split split_named(const std::string& name) {
  for (const auto& [split, known] : names(Split{}))
    if (known == name) return split;
  throw ConfigError("--split", "is '" + name + "'");
}

std::string matrix(const Interpretation& found) {
  if (found.confusion.empty() || found.classes.size() > kWidestMatrix) return "";
  std::vector<std::vector<std::string>> rows{{"actual \\ predicted"}};
  rows[0].insert(rows[0].end(), found.classes.begin(), found.classes.end());
  for (size_t k = 0; k < found.classes.size(); ++k) {
    rows.push_back({found.classes[k]});
    for (const int64_t count : found.confusion[k]) rows.back().push_back(std::to_string(count));
  }
  return table(rows, terminal(STDOUT_FILENO)) + "\n";
}

std::string text_of(const Interpretation& found) {
  std::string text = matrix(found);
  if (!found.most_confused.empty()) {
    std::vector<std::vector<std::string>> rows{{"actual", "predicted", "times"}};
    for (size_t k = 0; k < std::min(found.most_confused.size(), kConfused); ++k) {
      const auto& pair = found.most_confused[k];
      rows.push_back({pair.actual, pair.predicted, std::to_string(pair.count)});
    }
    text += table(rows, terminal(STDOUT_FILENO)) + "\n";
  }
  std::vector<std::vector<std::string>> rows{{"highest losses", "actual", "predicted", "loss", "probability"}};
  for (const auto& top : found.top_losses)
    rows.push_back({top.name, top.actual, top.predicted, number(top.loss), number(top.probability)});
  return text + table(rows, terminal(STDOUT_FILENO));
}

Json json_of(const Interpretation& found) {
  Json confused = Json::array(), losses = Json::array();
  for (const auto& pair : found.most_confused)
    confused.push_back({{"actual", pair.actual}, {"predicted", pair.predicted}, {"count", pair.count}});
  for (const auto& top : found.top_losses)
    losses.push_back({{"name", top.name},
                      {"actual", top.actual},
                      {"predicted", top.predicted},
                      {"loss", top.loss},
                      {"probability", top.probability}});
  return {
      {"classes", found.classes}, {"confusion", found.confusion}, {"most_confused", confused}, {"top_losses", losses}};
}

/// What the report of a finished run is drawn from, read back from its folder.
Trained trained_in(const std::filesystem::path& folder, const Pipeline& pipeline) {
  const std::string recipe = (folder / "recipe.toml").string(), log = (folder / "log.jsonl").string();
  const std::string rows = read_file(log);
  return {.recipe = read_recipe(read_file(recipe), recipe),
          .backbone = pipeline.model.backbone,
          .normalisation = pipeline.normalisation,
          .folder = folder,
          .record = read_log(rows, log),
          .curves = read_curves(rows),
          .seconds = pipeline.provenance.value("seconds", 0.0)};
}

}  // namespace

Answer explain(const Arguments& arguments) {
  const auto request = explain_request(arguments);
  const std::filesystem::path folder = arguments.positionals.at(0);
  if (!std::filesystem::is_directory(folder))
    throw UsageError("explain needs a run folder; '" + folder.string() + "' is a file");
  const Bundle bundle = load_bundle(model_file(folder.string()));
  const auto& pipeline = bundle.pipeline;
  const auto images = vision::load(pipeline.data, pipeline.normalisation, seed_of(pipeline));
  Learner learner = learner_for(bundle, images.data, options_for(pipeline, {}));
  const Split split = split_named(request.split);
  Interpretation found;
  {
    Progress progress(std::cerr, terminal(STDERR_FILENO));
    const auto predictions =
        predict(learner, split, [&](int64_t done, int64_t all) { progress.update("predicting", done, all); });
    if (!predictions.target.defined())
      throw ConfigError("--split", request.split + " has no labels; nothing can be told right from wrong");
    found = interpret(pipeline.task, pipeline.classes, predictions, request.top);
  }
  const auto summary = Json::parse(read_file(folder / "summary.json"));
  report::write(folder / "report.html", page_of(trained_in(folder, pipeline), learner, split, summary, found));
  Json json = json_of(found);
  json["report"] = (folder / "report.html").string();
  return {.text = text_of(found) + "\nreport  " + (folder / "report.html").string() + "\n", .json = json};
}

}  // namespace tenfold::cli
