#pragma once
// Data in the class numbers of a model: a folder to evaluate on may hold fewer classes, or in another order.

#include <string>
#include <vector>

#include "tenfold/data/data.h"
#include "tenfold/nn/task.h"

namespace tenfold::cli {

/// The same items, targets as the model counts them: numbers (single label, ordinal) or columns (multi-label) of
/// `classes`. `path` is for messages. Throws DataError for a class that the model does not know.
Data in_classes(Data data, const nn::Task& task, const std::vector<std::string>& classes, const std::string& path);

}  // namespace tenfold::cli
