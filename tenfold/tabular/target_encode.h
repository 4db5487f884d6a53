#pragma once
// Levels replaced by the mean target of the training rows that have them. A training row takes the mean of other folds
// than its own, so that no row sees its own target; a new row takes that of all training rows.
// Micci-Barreca, SIGKDD Explorations 3, 2001: (sum + s · overall mean) / (rows + s).

#include <cstdint>
#include <vector>

namespace tenfold::tabular {

struct EncodeOptions {
  int folds = 5;
  double smoothing = 20;  ///< s
};

/// The mean of each code, 0 … levels - 1; the overall mean for codes without rows.
std::vector<double> level_means(const std::vector<int32_t>& code, const std::vector<double>& target, int64_t levels,
                                const EncodeOptions& options);

/// One mean a row, of the other folds. Which fold a row is in is a function of its place and of the number of rows.
std::vector<double> out_of_fold_means(const std::vector<int32_t>& code, const std::vector<double>& target,
                                      int64_t levels, const EncodeOptions& options);

}  // namespace tenfold::tabular
