#pragma once
// Several sets of weights of one network as one model: their predictions averaged.

#include <filesystem>
#include <functional>
#include <vector>

#include "tenfold/train/predictions.h"

namespace tenfold {

/// What `predict_once` says (predict, tta) with the weights of each file in turn, averaged as probabilities or values;
/// item_loss is that of the average. The learner's own weights are back afterwards, also where it throws. Throws
/// ConfigError without files, WeightsError where a file is of another network.
Predictions ensemble(Learner& learner, const std::vector<std::filesystem::path>& files,
                     const std::function<Predictions(Learner&)>& predict_once);

}  // namespace tenfold
