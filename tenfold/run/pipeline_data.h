#pragma once
// Data for a trained network, read as its model file says: its own, other data of the same layout, or items to predict.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/bundle/pipeline.h"
#include "tenfold/data/data.h"
#include "tenfold/train/predictions.h"

namespace tenfold {

/// Where a model's data lie, as they are named to it.
struct Source {
  std::string path;   ///< folder or file
  std::string csv{};  ///< images: table of files and labels
  bool operator==(const Source&) const = default;
};

Source source_of(const Pipeline& pipeline);

/// Labelled data at `source`, in the classes that it has; `seed` splits it as training did.
Data data_at(const Source& source, const Pipeline& pipeline, uint64_t seed);

/// Items without labels, as split test: files or folders of images; texts, a CSV of them (its text column), or a text
/// file each; a CSV of rows. `told` gets what is odd about a table: levels never seen, columns that are new, values of
/// two kinds. Throws ConfigError of a translator.
Data to_predict(const std::vector<std::string>& items, const Pipeline& pipeline,
                std::vector<std::string>* told = nullptr);

/// From what a network learns to the unit of its data: a regression of a table turns its target's transform back, in
/// predictions and targets. Losses stay those that were trained on.
void to_unit(const Pipeline& pipeline, Predictions& predictions);
/// Metrics that mean there what these mean of what is learnt: rmspe for exp_rmspe.
std::vector<std::string> in_unit(const Pipeline& pipeline, std::vector<std::string> metrics);

}  // namespace tenfold
