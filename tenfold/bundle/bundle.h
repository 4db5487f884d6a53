#pragma once
// The model file: one safetensors file whose tensors are the weights and whose metadata "tenfold" is the pipeline as
// JSON. Any safetensors reader opens it; loading runs no code. Predicts without training code.

#include <filesystem>
#include <memory>

#include "tenfold/bundle/pipeline.h"
#include "tenfold/nn/model.h"
#include "tenfold/train/predictions.h"
#include "tenfold/vision/images.h"

namespace tenfold {

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
