#pragma once
// The vectors that a network has learnt for the levels of each category: to look at, and to use in other models.

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tenfold/nn/model.h"
#include "tenfold/tabular/preprocess.h"

namespace tenfold {

struct CategoryVectors {
  std::string name;                 ///< of the category
  std::vector<std::string> levels;  ///< "#na#" first
  at::Tensor vectors;               ///< [levels, size] fp32
};

/// In the order of the preprocessor's categories; none where the network has no such vectors.
std::vector<CategoryVectors> category_vectors(const tabular::Preprocessor& preprocessor, nn::Model& model);

/// One CSV a category, NAME.csv with level and v1, v2, …, atomically. Makes the folder.
void write_vectors(const std::filesystem::path& folder, const std::vector<CategoryVectors>& categories);

}  // namespace tenfold
