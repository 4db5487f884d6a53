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
#include "tenfold/run/findings.h"
#include "tenfold/run/finish.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/translations.h"
#include "tenfold/text/translation.h"

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

std::string confused(const Interpretation& found) {
  if (found.most_confused.empty()) return "";
  std::vector<std::vector<std::string>> rows{{"actual", "predicted", "times"}};
  for (size_t k = 0; k < std::min(found.most_confused.size(), kConfused); ++k) {
    const auto& pair = found.most_confused[k];
    rows.push_back({pair.actual, pair.predicted, std::to_string(pair.count)});
  }
  return table(rows, terminal(STDOUT_FILENO)) + "\n";
}

std::string labels(const Interpretation& found) {
  if (found.labels.empty()) return "";
  std::vector<std::vector<std::string>> rows{{"label", "items", "given", "right", "precision", "recall", "F1", "F2"}};
  for (const auto& label : found.labels)
    rows.push_back({label.name, std::to_string(label.items), std::to_string(label.given), std::to_string(label.right),
                    number(label.precision), number(label.recall), number(label.f1), number(label.f2)});
  return table(rows, terminal(STDOUT_FILENO)) + "threshold  " + number(found.thresholds.used) + "\n\n";
}

std::string outputs(const Interpretation& found) {
  if (found.outputs.empty()) return "";
  std::vector<std::vector<std::string>> rows{{"output", "rmse", "mae", "bias", "r2"}};
  for (const auto& output : found.outputs)
    rows.push_back({output.name, number(output.rmse), number(output.mae), number(output.bias), number(output.r2)});
  return table(rows, terminal(STDOUT_FILENO)) + "\n";
}

std::string text_of(const Findings& findings) {
  const auto& found = findings.interpretation;
  const bool values = findings.task.kind == nn::TaskKind::regression;
  std::vector<std::vector<std::string>> rows{{"highest losses", "actual", "predicted", "loss"}};
  if (!values) rows[0].emplace_back("probability");
  for (const auto& top : found.top_losses) {
    rows.push_back({top.name, top.actual, top.predicted, number(top.loss)});
    if (!values) rows.back().push_back(number(top.probability));
  }
  return matrix(found) + confused(found) + labels(found) + outputs(found) + table(rows, terminal(STDOUT_FILENO));
}

/// What the report of a finished run is drawn from, read back from its folder.
Trained trained_in(const std::filesystem::path& folder, const Json& summary) {
  const std::string recipe = (folder / "recipe.toml").string(), log = (folder / "log.jsonl").string();
  const std::string rows = read_file(log);
  return {.recipe = read_recipe(read_file(recipe), recipe),
          .folder = folder,
          .record = read_log(rows, log),
          .curves = read_curves(rows),
          .seconds = summary.value("seconds", 0.0)};
}

/// Of a translator: the report with translations of the split, and what they looked at.
Answer explained(const TranslationPipeline& translation, const Bundle& bundle, Learner& learner, Split split,
                 const std::filesystem::path& folder) {
  const auto& pairs = pairs_of(learner.data(), split);
  std::vector<std::string> translations;
  {
    Progress progress(std::cerr, terminal(STDERR_FILENO));
    translations = text::translate(learner, translation.languages, pairs.source, translation.search,
                                   [&](int64_t done, int64_t all) { progress.update("translating", done, all); });
  }
  const auto summary = Json::parse(read_file(folder / "summary.json"));
  auto page = page_of(trained_in(folder, summary), bundle.pipeline, learner, summary, std::nullopt);
  page.split = name_of(split);
  show_translations(translation, learner, pairs, translations, page);
  report::write(folder / "report.html", page);
  Json json = bleu_figures(pairs, translations);
  std::string text = name_of(split) + ": BLEU " + number(json.at("bleu").get<double>()) + "\n\n";
  for (const auto& row : page.translations)
    text += row.source + "\n  = " + row.reference + "\n  ~ " + row.translation + "\n";
  json["split"] = name_of(split);
  json["report"] = (folder / "report.html").string();
  return {.text = text + "\nreport  " + (folder / "report.html").string() + "\n", .json = json};
}

}  // namespace

Answer explain(const Arguments& arguments) {
  const auto request = explain_request(arguments);
  const std::filesystem::path folder = arguments.positionals.at(0);
  if (!std::filesystem::is_directory(folder))
    throw UsageError("explain needs a run folder; '" + folder.string() + "' is a file");
  const Bundle bundle = load_bundle(model_file(folder.string()));
  const auto& pipeline = bundle.pipeline;
  Learner learner =
      learner_for(bundle, data_at(source_of(pipeline), pipeline, seed_of(pipeline)), options_for(pipeline, {}));
  const Split split = split_named(request.split);
  if (const auto* translation = std::get_if<TranslationPipeline>(&pipeline.of))
    return explained(*translation, bundle, learner, split, folder);
  Predictions predictions;
  {
    Progress progress(std::cerr, terminal(STDERR_FILENO));
    predictions =
        predict(learner, split, [&](int64_t done, int64_t all) { progress.update("predicting", done, all); }, kMapped);
    if (!predictions.target.defined())
      throw ConfigError("--split", request.split + " has no labels; nothing can be told right from wrong");
    to_unit(pipeline, predictions);
  }
  const auto found = findings(learner, pipeline.task, split, std::move(predictions), request.top);
  const auto summary = Json::parse(read_file(folder / "summary.json"));
  report::write(folder / "report.html", page_of(trained_in(folder, summary), pipeline, learner, summary, found));
  Json json = to_json(found.interpretation);
  json["split"] = request.split;
  json["report"] = (folder / "report.html").string();
  return {.text = text_of(found) + "\nreport  " + (folder / "report.html").string() + "\n", .json = json};
}

}  // namespace tenfold::cli
