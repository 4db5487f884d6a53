#pragma once
// How much a model leans on each column: what its score loses where the column's values change places between rows.
// Breiman, "Random forests", Machine Learning 45, 2001; all columns made of one source change places together, or the
// model would read the rest of a date.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/understand/model.h"

namespace tenfold::tabular {

struct ImportanceOptions {
  int repeats = 5;       ///< permutations a column
  int64_t rows = 20000;  ///< at most, evenly taken
  uint64_t seed = 0;     ///< keys the permutations
};

struct ColumnImportance {
  std::string column;  ///< of the table
  double drop = 0;     ///< how much worse the score becomes, mean over repeats; below 0 it becomes better
  double error = 0;    ///< standard error of that mean; 0 for one repeat
};

struct Importance {
  std::string metric;
  double base = 0;                        ///< the score of the rows as they are
  std::vector<ColumnImportance> columns;  ///< most important first
};

/// A function of its arguments: repeat r permutes the rows of column number k by the stream (seed, r, k). `columns` are
/// validation rows with their targets; `score_for` makes the score of a part's targets.
Importance importance(const Preprocessor& preprocessor, const Columns& columns, const Predict& predict,
                      const std::function<Score(const at::Tensor& target)>& score_for,
                      const ImportanceOptions& options = {});

}  // namespace tenfold::tabular
