#pragma once
// The model file: one safetensors file whose tensors are the weights and whose metadata "tenfold" is the pipeline as
// JSON. Any safetensors reader opens it; loading runs no code. Predicts without training code.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/nn/model.h"
#include "tenfold/nn/task.h"
#include "tenfold/train/predictions.h"
#include "tenfold/vision/learner.h"

namespace tenfold {

/// What a prediction needs, and where it came from.
struct Pipeline {
  int schema = 1;
  std::string kind = "images";
  nn::Task task;
  std::vector<std::string> classes, outputs;
  vision::DataOptions data;
  vision::ModelOptions model;  ///< backbone resolved; weights are in the file
  vision::Normalisation normalisation;
  std::string precision = "fp32";
  int threads = 1;
  Json provenance;  ///< version, recipe hash, seed, metrics, date
};
Json to_json(const Pipeline& pipeline);
Pipeline pipeline_from_json(const Json& json, const std::string& path);

/// Of a learner made with these options: its task, names, precision and threads, and where it came from, as far as it
/// knows. `data.size` is the size to predict at.
Pipeline pipeline_of(const Learner& learner, const vision::DataOptions& data,
                     const vision::Normalisation& normalisation, const vision::ModelOptions& model);

struct Bundle {
  Pipeline pipeline;
  std::shared_ptr<nn::Model> model;  ///< in evaluation mode
};

void save_bundle(const std::filesystem::path& path, const Pipeline& pipeline, const nn::Model& model);
/// With the pipeline of a learner that stands at the size that `images` were loaded with.
void save_bundle(const std::filesystem::path& path, Learner& learner, const vision::ImageData& images,
                 const vision::ModelOptions& model);
/// Throws WeightsError where the file is no bundle, of a newer schema, or does not fit its own description.
Bundle load_bundle(const std::filesystem::path& path);

/// A learner that can predict, evaluate and use TTA on data read with the bundle's own pipeline.
Learner learner_for(const Bundle& bundle, Data data, LearnerOptions options);

}  // namespace tenfold
