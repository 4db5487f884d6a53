#pragma once
// The vectors that a network learnt for the levels of a category: as a file for other models, and in the plane.

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tenfold/nn/model.h"
#include "tenfold/tabular/category.h"
#include "tenfold/tabular/preprocess.h"

namespace tenfold::tabular {

/// A category with what a network has learnt for its levels.
struct CategoryVectors {
  Category category;
  at::Tensor vectors;  ///< [levels, size] fp32, row k of code k
};

/// In the order of the preprocessor's categories; none where the network has no such vectors.
std::vector<CategoryVectors> category_vectors(const Preprocessor& preprocessor, nn::Model& model);

/// A level and its place in the plane.
struct LevelPlace {
  std::string level;
  double x = 0, y = 0;
};

/// Two principal components of the vectors [levels, D], "#na#" left out: it is hardly trained. y is 0 where D is 1.
/// Throws Error where there are not as many vectors as codes.
std::vector<LevelPlace> places_of(const Category& category, const at::Tensor& vectors);

/// A CSV file: level, v1 … vD, a row a code, "#na#" too, numbers that read back as the same floats. Throws FileError.
void write_vectors(const std::filesystem::path& path, const Category& category, const at::Tensor& vectors);

}  // namespace tenfold::tabular
