#pragma once
// Image data: from class folders, from a CSV, from idx files (MNIST family), or from a list of files to predict.

#include <string>
#include <vector>

#include "tenfold/data/data.h"
#include "tenfold/nn/task.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

struct ImageData {
  Data data;
  nn::Task task;  ///< by the labels, or as the options say
  DataOptions options{};
  Normalisation normalisation{};
};

/// By what is at options.path; `seed` chooses the validation images where the data has no valid folder. Throws
/// DataError for what `inspect` would list, ConfigError for options that do not fit.
ImageData load(const DataOptions& options, const Normalisation& normalisation = {}, uint64_t seed = 42);

/// Files to predict on, without labels: plain views as `options` say. A folder is walked.
Data to_predict(const std::vector<std::string>& paths, const DataOptions& options, const Normalisation& normalisation);

}  // namespace tenfold::vision
