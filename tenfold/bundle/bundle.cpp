#include "tenfold/bundle/bundle.h"

#include "tenfold/core/error.h"
#include "tenfold/core/version.h"
#include "tenfold/nn/tensor_file.h"

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

constexpr const char* kKey = "tenfold";  // in the file's metadata
constexpr int kSchema = 1;

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
  const bool regression = pipeline.task.kind == nn::TaskKind::regression;
  const auto& names = regression ? pipeline.outputs : pipeline.classes;
  if (static_cast<int64_t>(names.size()) != pipeline.task.classes)
    throw ConfigError(
        regression ? "outputs" : "classes",
        "names " + std::to_string(names.size()) + " and the task has " + std::to_string(pipeline.task.classes));
}

std::string listed(const std::vector<std::string>& names) {
  constexpr size_t shown = 5;
  std::string text;
  for (size_t k = 0; k < std::min(names.size(), shown); ++k) text += (k ? ", " : "") + names[k];
  return names.size() > shown ? text + " … (" + std::to_string(names.size()) + ")" : text;
}

}  // namespace

Json to_json(const Pipeline& pipeline) {
  return {{"schema", pipeline.schema},        {"kind", pipeline.kind},
          {"task", task_json(pipeline.task)}, {"classes", pipeline.classes},
          {"outputs", pipeline.outputs},      {"data", to_json(pipeline.data)},
          {"model", to_json(pipeline.model)}, {"normalisation", normalisation_json(pipeline.normalisation)},
          {"precision", pipeline.precision},  {"threads", pipeline.threads},
          {"provenance", pipeline.provenance}};
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
    pipeline.kind = json.at("kind").get<std::string>();
    if (pipeline.kind != "images")
      throw WeightsError(path, "", "is a bundle for " + pipeline.kind + "; this program knows images");
    pipeline.task = task_of(json.at("task"));
    pipeline.classes = json.at("classes").get<std::vector<std::string>>();
    pipeline.outputs = json.at("outputs").get<std::vector<std::string>>();
    assign(pipeline.data, json.at("data"), "data");
    assign(pipeline.model, json.at("model"), "model");
    pipeline.normalisation = normalisation_of(json.at("normalisation"));
    pipeline.precision = json.at("precision").get<std::string>();
    pipeline.threads = json.at("threads").get<int>();
    pipeline.provenance = json.at("provenance");
    check_names(pipeline);
    return pipeline;
  } catch (const Json::exception& problem) {
    throw WeightsError(
        path, "", "has a description that does not read (" + std::string(problem.what()) + "); save the bundle anew");
  } catch (const ConfigError& problem) {
    throw WeightsError(path, "",
                       "has a description that cannot work: " + std::string(problem.what()) + "; save the bundle anew");
  }
}

Pipeline pipeline_of(const Learner& learner, const vision::DataOptions& data,
                     const vision::Normalisation& normalisation, const vision::ModelOptions& model) {
  Pipeline pipeline{.task = learner.task(),
                    .classes = learner.data().classes,
                    .outputs = learner.data().outputs,
                    .data = data,
                    .model = model,
                    .normalisation = normalisation,
                    .precision = learner.dtype() == at::kBFloat16 ? "bf16" : "fp32",
                    .threads = learner.options().threads,
                    .provenance = {{"version", std::string(version)}, {"seed", learner.options().seed}}};
  pipeline.model.backbone = vision::resolve_backbone(model, data.size);
  pipeline.model.weights = "none";  // they are in the bundle
  return pipeline;
}

void save_bundle(const std::filesystem::path& path, const Pipeline& pipeline, const nn::Model& model) {
  const auto text = to_json(pipeline).dump(-1, ' ', false, Json::error_handler_t::replace);
  nn::write_safetensors(path, nn::state_of(model),
                        {{kKey, text}, {"format", "pt"}});  // "pt": other readers look for it
}

void save_bundle(const std::filesystem::path& path, Learner& learner, const vision::ImageData& images,
                 const vision::ModelOptions& model) {
  save_bundle(path, pipeline_of(learner, images.options, images.normalisation, model), learner.model());
}

Bundle load_bundle(const std::filesystem::path& path) {
  const std::string name = path.string();
  const auto file = nn::read_tensors(path);
  const auto found = file.metadata.find(kKey);
  if (found == file.metadata.end())
    throw WeightsError(name, "",
                       "holds weights, but not the pipeline that a bundle has; name the model.safetensors of a run. To "
                       "train from these weights, use model.weights");
  Json json;
  try {
    json = Json::parse(found->second);
  } catch (const Json::exception& problem) {
    throw WeightsError(name, "",
                       "has a description that is no JSON (" + std::string(problem.what()) + "); save the bundle anew");
  }
  Bundle bundle{pipeline_from_json(json, name), nullptr};
  const auto& pipeline = bundle.pipeline;
  auto options = pipeline.model;
  options.weights = "none";  // they are here, whatever the model began with
  try {
    bundle.model = vision::make_model(options, pipeline.task, pipeline.data.size, 0);
  } catch (const ConfigError& problem) {
    throw WeightsError(name, "", "describes a network that cannot be made: " + std::string(problem.what()));
  }
  const auto report = nn::load_into(*bundle.model, file, name);
  if (!report.unexpected.empty())
    throw WeightsError(name, report.unexpected.front(),
                       "is no tensor of the network that the bundle describes; save the bundle anew");
  bundle.model->eval();
  return bundle;
}

Learner learner_for(const Bundle& bundle, Data data, LearnerOptions options) {
  const auto& pipeline = bundle.pipeline;
  if (!data.classes.empty() && data.classes != pipeline.classes)
    throw ConfigError("data.path", "has the classes " + listed(data.classes) + ", and the model was trained on " +
                                       listed(pipeline.classes) +
                                       "; give data with the same classes, or data without labels");
  data.classes = pipeline.classes;
  data.outputs = pipeline.outputs;
  return Learner(std::move(data), bundle.model, pipeline.task, std::move(options));
}

}  // namespace tenfold
