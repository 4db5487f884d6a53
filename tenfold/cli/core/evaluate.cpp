// tenfold evaluate.

#include <torch/types.h>
#include <unistd.h>

#include <cmath>
#include <iostream>

#include "tenfold/cli/commands/predict.h"
#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/relabelled.h"
#include "tenfold/cli/core/trained.h"
#include "tenfold/cli/core/translations.h"
#include "tenfold/cli/progress.h"
#include "tenfold/run/companion.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/predictions.h"

namespace tenfold::cli {
namespace {

/// The model's own data, or what --data, --images and --csv name.
Source asked_source(const Pipeline& pipeline, const EvaluateOptions& request) {
  const std::string& path = request.data.empty() ? request.images : request.data;
  if (path.empty() && request.csv.empty()) return source_of(pipeline);
  return {path, request.csv};
}

bool has_labels(const std::shared_ptr<const Dataset>& items) {
  return items && items->size() > 0 && items->target(0).defined();
}

/// The splits that "auto" stands for: on other data than the model's own without a test set, all that there is.
std::vector<Split> splits_of(const EvaluateOptions& request, const Data& data, bool own_data) {
  for (const auto& [split, name] : names(Split{}))
    if (name == request.split) return {split};
  if (has_labels(data.test)) return {Split::test};
  if (own_data) return {Split::valid};
  std::vector<Split> all;
  for (const Split split : {Split::train, Split::valid})
    if (has_labels(data.split(split))) all.push_back(split);
  return all;
}

Predictions joined(std::vector<Predictions> parts) {
  Predictions all = std::move(parts.front());
  for (size_t k = 1; k < parts.size(); ++k) {
    all.activated = at::cat({all.activated, parts[k].activated});
    all.target = at::cat({all.target, parts[k].target});
    all.item_loss = at::cat({all.item_loss, parts[k].item_loss});
    all.names.insert(all.names.end(), parts[k].names.begin(), parts[k].names.end());
  }
  return all;
}

}  // namespace

Answer evaluate_model(const Arguments& arguments) {
  const auto request = evaluate_request(arguments);
  const Bundle bundle = load_bundle(model_file(arguments.positionals.at(0)));
  const auto& pipeline = bundle.pipeline;
  const Source asked = asked_source(pipeline, request);
  const bool own_data = asked == source_of(pipeline);
  const std::string source = asked.csv.empty() ? asked.path : asked.csv;
  const Data data = in_classes(data_at(asked, pipeline, seed_of(pipeline)), pipeline.task, pipeline.classes, source);
  Learner learner =
      learner_for(bundle, data, options_for(pipeline, {request.batch, request.workers, request.skip_broken}));
  const auto splits = splits_of(request, data, own_data);
  std::string split_text;
  for (const Split used : splits) split_text += (split_text.empty() ? "" : "+") + name_of(used);

  std::vector<Predictions> parts;
  Json own = Json::object();  // figures of this kind of data alone
  {
    Progress progress(std::cerr, terminal(STDERR_FILENO));
    const OnItems on_items = [&](int64_t done, int64_t all) { progress.update("evaluating", done, all); };
    const Companion companion(pipeline);
    for (const Split split : splits) {
      parts.push_back(request.tta ? tta(learner, split, *request.tta.options, on_items)
                                  : predict(learner, split, on_items));
      companion.blend(learner, split, parts.back());
    }
    if (const auto* translation = std::get_if<TranslationPipeline>(&pipeline.of))
      own = translation_figures(*translation, learner, splits, request.beam, on_items);
    for (const auto& skipped : learner.skipped()) progress.say("left out " + skipped);
  }
  if (parts.empty() || !parts.front().target.defined())
    throw ConfigError("--split", split_text + " has no labels to compare with; `tenfold predict` predicts without");
  Predictions predictions = joined(std::move(parts));
  to_unit(pipeline, predictions);
  const auto metrics =
      request.metrics.empty() ? default_metrics(pipeline.task.kind) : in_unit(pipeline, request.metrics);
  const Evaluation evaluation = evaluate(pipeline.task, predictions, metrics);

  Json json = {{"data", source},
               {"split", split_text},
               {"items", predictions.names.size()},
               {"tta", to_value(request.tta)},
               {"loss", evaluation.loss}};
  std::vector<std::vector<std::string>> rows{
      {split_text + ", " + std::to_string(predictions.names.size()) + " items", ""}};
  for (const auto& name : metrics) {
    const double value = evaluation.metrics.at(name);
    json[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
    rows.push_back({name, number(value)});
  }
  rows.push_back({"loss", number(evaluation.loss)});
  for (const auto& [name, value] : own.items())
    if (value.is_number()) rows.push_back({name, number(value.get<double>())});
  json.update(own);
  return {.text = table(rows, terminal(STDOUT_FILENO)), .json = json};
}

}  // namespace tenfold::cli
