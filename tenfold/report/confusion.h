#pragma once
// The confusion matrix as a heat map, and the pairs of classes that are mistaken most.

#include <cstdint>
#include <string>
#include <vector>

namespace tenfold::report {

/// Rows are actual, columns predicted classes. `matrix` is square; missing class names become numbers.
/// Above 128 classes it shows the 64 with the most mistakes and says so.
std::string confusion_table(std::vector<std::string> classes, std::vector<std::vector<int64_t>> matrix);

struct ConfusedPair {
  size_t actual = 0, predicted = 0;
  int64_t count = 0;
  double share = 0;  ///< of the items of the actual class
};

/// The `most` pairs with the highest counts, the highest first.
std::vector<ConfusedPair> confused_pairs(const std::vector<std::vector<int64_t>>& matrix, size_t most);

std::string confused_list(const std::vector<std::string>& classes, const std::vector<std::vector<int64_t>>& matrix);

}  // namespace tenfold::report
