#pragma once
// A learner for images: backbone, pooling, head, ready to fit.

#include <memory>
#include <string>

#include "tenfold/train/learner.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/images.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

/// Backbone, pool and head as one model; groups are the backbone's, then the head. Parameters: "body.…", "head.…".
std::shared_ptr<nn::Model> make_model(const ModelOptions& options, const nn::Task& task, int64_t size, uint64_t seed);

/// The backbone that "auto" stands for, and the file that "pretrained" stands for. Throws ConfigError where there is none.
std::string resolve_backbone(const ModelOptions& options, int64_t size);
std::string resolve_weights(const ModelOptions& options, const BackboneRow& row);

/// Frozen to the head where there are weights, else all trained.
Learner learner(const ImageData& data, const ModelOptions& model, const DataOptions& options, LearnerOptions training);

}  // namespace tenfold::vision
