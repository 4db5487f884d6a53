#include "tenfold/bundle/bundle.h"

#include <algorithm>
#include <map>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/tabular/collab.h"
#include "tenfold/tabular/table_model.h"
#include "tenfold/text/awd_classifier.h"
#include "tenfold/text/awd_lstm.h"
#include "tenfold/text/encoder_model.h"
#include "tenfold/text/translator.h"
#include "tenfold/vision/learner.h"

namespace tenfold {
namespace {

constexpr const char* kKey = "tenfold";  // in the file's metadata

std::string listed(const std::vector<std::string>& names) {
  constexpr size_t shown = 5;
  std::string text;
  for (size_t k = 0; k < std::min(names.size(), shown); ++k) text += (k ? ", " : "") + names[k];
  return names.size() > shown ? text + " … (" + std::to_string(names.size()) + ")" : text;
}

/// The network that was trained, with random weights.
std::shared_ptr<nn::Model> network_of(const ImagePipeline& images, const Pipeline& pipeline) {
  auto options = images.model;
  options.weights = "none";  // they are in the file, whatever the model began with
  return vision::make_model(options, pipeline.task, images.data.size, 0);
}

std::shared_ptr<nn::Model> network_of(const TextPipeline& texts, const Pipeline& pipeline) {
  const auto dtype = pipeline.precision == "bf16" ? at::kBFloat16 : at::kFloat;
  const auto& task = pipeline.task;
  if (task.kind == nn::TaskKind::language_model)
    return std::make_shared<text::AwdLstm>(texts.numbering.vocab.size(), texts.model.language, texts.rows, dtype, 0);
  if (text::architecture(texts.model) == text::Architecture::awd_lstm)
    return std::make_shared<text::AwdClassifier>(texts.numbering.vocab.size(), texts.model.classifier, task, dtype, 0);
  const bool words = texts.data.target == text::Target::token_labels;
  return text::make_encoder_model(texts.encoder, texts.model, task,
                                  words ? text::EncoderModel::Rows::tokens : text::EncoderModel::Rows::texts, dtype, 0);
}

std::shared_ptr<nn::Model> network_of(const TablePipeline& table, const Pipeline& pipeline) {
  const auto shape = tabular::shape_of(table.preprocessor);
  if (!tabular::of_ratings(table.collab)) return tabular::make_model(table.model, shape, pipeline.task, 0);
  if (shape.levels.size() != 2)
    throw ConfigError("collab", "has " + std::to_string(shape.levels.size()) + " categories; ratings have two");
  return tabular::make_collab_model(table.collab, shape.levels[0], shape.levels[1], 0);
}

std::shared_ptr<nn::Model> network_of(const TranslationPipeline& translation, const Pipeline& pipeline) {
  const auto& languages = translation.languages;
  const auto model = text::make_translator(translation.model, languages.source.vocab.size(),
                                           languages.target.vocab.size(), languages.options.vocabularies, 0);
  model->compute_in(pipeline.precision == "bf16" ? at::kBFloat16 : at::kFloat);
  return model;
}

/// A text as a tensor of bytes.
at::Tensor bytes_of(const std::string& text) {
  auto bytes = at::empty({static_cast<int64_t>(text.size())}, at::kByte);
  std::copy(text.begin(), text.end(), bytes.mutable_data_ptr<uint8_t>());
  return bytes;
}

std::string trees_name(size_t model) { return "companion.trees." + std::to_string(model); }

/// Tensors beside the network's.
void add_to(std::map<std::string, at::Tensor>& tensors, const Pipeline& pipeline) {
  const auto* table = std::get_if<TablePipeline>(&pipeline.of);
  for (size_t k = 0; table && k < table->companion.trees.size(); ++k)
    tensors[trees_name(k)] = bytes_of(table->companion.trees[k]);
}

/// Takes those out again, so that what remains is the network's.
void take_from(std::map<std::string, at::Tensor>& tensors, Pipeline& pipeline, const std::string& path) {
  auto* table = std::get_if<TablePipeline>(&pipeline.of);
  for (size_t k = 0; table && k < table->companion.trees.size(); ++k) {
    const auto found = tensors.find(trees_name(k));
    if (found == tensors.end() || found->second.scalar_type() != at::kByte || found->second.dim() != 1)
      throw WeightsError(path, trees_name(k), "is missing or no text; save the bundle anew");
    const auto bytes = found->second.contiguous();
    const auto* begin = bytes.const_data_ptr<uint8_t>();
    table->companion.trees[k].assign(begin, begin + bytes.numel());
    tensors.erase(found);
  }
}

}  // namespace

void save_bundle(const std::filesystem::path& path, const Pipeline& pipeline, const nn::Model& model) {
  const auto text = to_json(pipeline).dump(-1, ' ', false, Json::error_handler_t::replace);
  auto tensors = nn::state_of(model);
  add_to(tensors, pipeline);
  nn::write_safetensors(path, tensors, {{kKey, text}, {"format", "pt"}});  // "pt": other readers look for it
}

void save_bundle(const std::filesystem::path& path, Learner& learner, const vision::ImageData& images,
                 const vision::ModelOptions& model) {
  save_bundle(path, pipeline_of(learner, ImagePipeline{images.options, model, images.normalisation}), learner.model());
}

Bundle load_bundle(const std::filesystem::path& path) {
  const std::string name = path.string();
  auto file = nn::read_tensors(path);
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
  take_from(file.tensors, bundle.pipeline, name);
  const auto& pipeline = bundle.pipeline;
  try {
    bundle.model = std::visit([&](const auto& one) { return network_of(one, pipeline); }, pipeline.of);
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
