#pragma once
// A learner for images: backbone, pooling, head, ready to fit.

#include <filesystem>
#include <memory>
#include <string>

#include "tenfold/train/learner.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/images.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

/// Backbone, pool and head as one model; groups are the backbone's, then the head. Parameters: "body.…", "head.…". The
/// body has the weights that the options name, else random ones by the seed. Throws ConfigError where the size is too
/// small or an option cannot work, WeightsError where the file has another network's weights, saying whose. A bundle's
/// body serves as weights too.
std::shared_ptr<nn::Model> make_model(const ModelOptions& options, const nn::Task& task, int64_t size, uint64_t seed);

/// Throws ConfigError(option, …) where the network does not take pictures of `size` pixels a side.
void check_size(const BackboneRow& row, int64_t size, const std::string& option);
/// The backbone that "auto" stands for.
std::string resolve_backbone(const ModelOptions& options, int64_t size);
/// Where published weights are kept: $TENFOLD_MODELS, $XDG_DATA_HOME/tenfold/models or ~/.local/share/tenfold/models.
std::filesystem::path model_folder();
/// The weight file, "" for none. "pretrained" is the row's file in the model folder. Throws ConfigError, saying what to
/// put where, if it is not there.
std::string resolve_weights(const ModelOptions& options, const BackboneRow& row);

/// Frozen to the head where there are weights, else all trained.
Learner learner(const ImageData& data, const ModelOptions& model, const DataOptions& options, LearnerOptions training);
/// The same with the options that the data was loaded with. Throws ConfigError where there are weights and they want
/// another normalisation than the data has.
Learner learner(const ImageData& data, const ModelOptions& model, LearnerOptions training = {});

}  // namespace tenfold::vision
