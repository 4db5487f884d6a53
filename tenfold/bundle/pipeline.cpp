#include "tenfold/bundle/pipeline.h"

#include <array>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/version.h"
#include "tenfold/vision/learner.h"

namespace tenfold {
namespace nn {

/// So that a task is stored and checked as options are (core/options.h). `range` is read and written apart.
template <class Visitor>
void fields(Visitor&& visit, Task& o) {
  visit("kind", o.kind, "");
  visit("classes", o.classes, "");
  visit("threshold", o.threshold, "");
  visit("label_smoothing", o.label_smoothing, "");
  visit("class_weights", o.class_weights, "");
}

}  // namespace nn

namespace {

constexpr int kSchema = 1;
constexpr int64_t kMostTreeModels = 100'000;  // one a label or output

/// In the order of Pipeline::of.
constexpr std::array<std::string_view, std::variant_size_v<decltype(Pipeline::of)>> kKinds = {"images", "text", "table",
                                                                                              "translation"};

Json normalisation_json(const vision::Normalisation& n) { return {{"mean", n.mean}, {"deviation", n.deviation}}; }

vision::Normalisation normalisation_of(const Json& json) {
  vision::Normalisation n{.mean = json.at("mean").get<std::array<double, 3>>(),
                          .deviation = json.at("deviation").get<std::array<double, 3>>()};
  for (const double deviation : n.deviation)
    if (!(deviation > 0))
      throw ConfigError("normalisation.deviation", "is " + shortest(deviation) + "; needs more than 0");
  return n;
}

Json task_json(const nn::Task& task) {
  Json json = to_json(task);
  if (task.range) json["range"] = {task.range->first, task.range->second};
  return json;
}

nn::Task task_of(Json json) {
  nn::Task task;
  if (const auto range = json.find("range"); range != json.end()) {
    task.range = range->get<std::pair<double, double>>();
    json.erase(range);
  }
  assign(task, json, "task");
  nn::check(task);
  return task;
}

/// Names of classes, or of outputs, one for each.
void check_names(const Pipeline& pipeline) {
  if (pipeline.task.kind == nn::TaskKind::language_model) return;  // its classes are the vocabulary
  const bool regression = pipeline.task.kind == nn::TaskKind::regression;
  const auto& names = regression ? pipeline.outputs : pipeline.classes;
  if (static_cast<int64_t>(names.size()) != pipeline.task.classes)
    throw ConfigError(
        regression ? "outputs" : "classes",
        "names " + std::to_string(names.size()) + " and the task has " + std::to_string(pipeline.task.classes));
}

Json described(const ImagePipeline& images) {
  return {{"data", to_json(images.data)},
          {"model", to_json(images.model)},
          {"normalisation", normalisation_json(images.normalisation)}};
}

void read(ImagePipeline& images, const Json& json) {
  assign(images.data, json.at("data"), "data");
  assign(images.model, json.at("model"), "model");
  images.normalisation = normalisation_of(json.at("normalisation"));
}

Json described(const TextPipeline& texts) {
  Json json = {{"data", to_json(texts.data)},
               {"model", to_json(texts.model)},
               {"vocabulary", text::to_json(texts.numbering)},
               {"rows", texts.rows}};
  if (text::architecture(texts.model) == text::Architecture::encoder) json["encoder"] = to_json(texts.encoder);
  return json;
}

void read(TextPipeline& texts, const Json& json) {
  assign(texts.data, json.at("data"), "data");
  assign(texts.model, json.at("model"), "model");
  texts.numbering = text::numbering_of(json.at("vocabulary"), "the bundle");
  texts.rows = json.at("rows").get<int64_t>();
  if (json.contains("encoder")) assign(texts.encoder, json.at("encoder"), "encoder");
}

Json described(const TablePipeline& table) {
  Json json = {
      {"data", to_json(table.data)}, {"model", to_json(table.model)}, {"preprocessing", to_json(table.preprocessor)}};
  if (tabular::of_ratings(table.collab)) json["collab"] = to_json(table.collab);
  const auto& companion = table.companion;
  if (!companion.trees.empty())
    json["companion"] = {{"kind", "lightgbm"}, {"network", companion.network}, {"models", companion.trees.size()}};
  return json;
}

/// The texts themselves are tensors of the file.
void read(TableCompanion& companion, const Json& json) {
  if (json.at("kind") != "lightgbm")
    throw ConfigError("companion.kind", "is " + json.at("kind").dump() + "; this program knows lightgbm");
  companion.network = json.at("network").get<double>();
  if (!(companion.network >= 0 && companion.network <= 1))
    throw ConfigError("companion.network", "is " + shortest(companion.network) + "; needs a weight from 0 to 1");
  const auto models = json.at("models").get<int64_t>();
  if (models < 1 || models > kMostTreeModels)
    throw ConfigError("companion.models",
                      "is " + std::to_string(models) + "; needs 1 to " + std::to_string(kMostTreeModels));
  companion.trees.resize(static_cast<size_t>(models));
}

void read(TablePipeline& table, const Json& json) {
  assign(table.data, json.at("data"), "data");
  assign(table.model, json.at("model"), "model");
  table.preprocessor = tabular::preprocessor_of(json.at("preprocessing"), "the bundle");
  if (json.contains("collab")) assign(table.collab, json.at("collab"), "collab");
  if (json.contains("companion")) read(table.companion, json.at("companion"));
}

Json described(const TranslationPipeline& translation) {
  return {{"data", to_json(translation.languages.options)},
          {"model", to_json(translation.model)},
          {"languages", text::to_json(translation.languages)},
          {"search", to_json(translation.search)}};
}

void read(TranslationPipeline& translation, const Json& json) {
  text::PairOptions options;
  assign(options, json.at("data"), "data");
  assign(translation.model, json.at("model"), "model");
  assign(translation.search, json.at("search"), "search");
  translation.languages = text::languages_of(json.at("languages"), options, "the bundle");
}

/// The alternative of this name, empty.
decltype(Pipeline::of) of_kind(const std::string& kind, const std::string& path) {
  if (kind == "images") return ImagePipeline{};
  if (kind == "text") return TextPipeline{};
  if (kind == "table") return TablePipeline{};
  if (kind == "translation") return TranslationPipeline{};
  std::string known;
  for (const auto name : kKinds) known += (known.empty() ? "" : ", ") + std::string(name);
  throw WeightsError(path, "", "is a bundle for " + kind + "; this program knows " + known);
}

}  // namespace

std::string_view Pipeline::kind() const { return kKinds[of.index()]; }

Json to_json(const Pipeline& pipeline) {
  Json json = {{"schema", pipeline.schema},   {"kind", pipeline.kind()},          {"task", task_json(pipeline.task)},
               {"classes", pipeline.classes}, {"outputs", pipeline.outputs},      {"precision", pipeline.precision},
               {"threads", pipeline.threads}, {"provenance", pipeline.provenance}};
  json.update(std::visit([](const auto& one) { return described(one); }, pipeline.of));
  return json;
}

Pipeline pipeline_from_json(const Json& json, const std::string& path) {
  try {
    Pipeline pipeline;
    pipeline.schema = json.at("schema").get<int>();
    if (pipeline.schema > kSchema)
      throw WeightsError(path, "",
                         "is a bundle of schema " + std::to_string(pipeline.schema) +
                             ", and this program knows schemas up to " + std::to_string(kSchema) +
                             "; use a newer tenfold");
    pipeline.of = of_kind(json.at("kind").get<std::string>(), path);
    pipeline.task = task_of(json.at("task"));
    pipeline.classes = json.at("classes").get<std::vector<std::string>>();
    pipeline.outputs = json.at("outputs").get<std::vector<std::string>>();
    std::visit([&](auto& one) { read(one, json); }, pipeline.of);
    pipeline.precision = json.at("precision").get<std::string>();
    pipeline.threads = json.at("threads").get<int>();
    pipeline.provenance = json.at("provenance");
    check_names(pipeline);
    return pipeline;
  } catch (const Json::exception& problem) {
    throw WeightsError(
        path, "", "has a description that does not read (" + std::string(problem.what()) + "); save the bundle anew");
  } catch (const DataError& problem) {
    throw WeightsError(path, "", std::string(problem.what()) + "; save the bundle anew");
  } catch (const ConfigError& problem) {
    throw WeightsError(path, "",
                       "has a description that cannot work: " + std::string(problem.what()) + "; save the bundle anew");
  }
}

Pipeline pipeline_of(const Learner& learner, decltype(Pipeline::of) of) {
  Pipeline pipeline{.task = learner.task(),
                    .classes = learner.data().classes,
                    .outputs = learner.data().outputs,
                    .of = std::move(of),
                    .precision = learner.dtype() == at::kBFloat16 ? "bf16" : "fp32",
                    .threads = learner.options().threads,
                    .provenance = {{"version", std::string(version)}, {"seed", learner.options().seed}}};
  if (auto* images = std::get_if<ImagePipeline>(&pipeline.of)) {
    images->model.backbone = vision::resolve_backbone(images->model, images->data.size);
    images->model.weights = "none";  // they are in the bundle
  }
  return pipeline;
}

}  // namespace tenfold
