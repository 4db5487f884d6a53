#pragma once
// What a model makes of one column's values: the mean prediction where all rows have this value and keep their others.
// Friedman, "Greedy function approximation", Annals of Statistics 29, 2001, section 8.2.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/understand/model.h"

namespace tenfold::tabular {

struct DependenceOptions {
  int64_t points = 20;  ///< of a number: at equally spaced ranks, equal ones once
  int64_t levels = 30;  ///< of a category, the most frequent
  int64_t rows = 2000;  ///< at most, evenly taken
};

struct Dependence {
  std::string column;                     ///< of the preprocessor: "Dayofweek", "distance"
  std::vector<double> x;                  ///< a number's values in the table's unit, ascending; else empty
  std::vector<std::string> level;         ///< a category's levels, most frequent first; else empty
  std::vector<int64_t> items;             ///< a category: rows that have the level
  std::vector<std::vector<double>> mean;  ///< [output][value]
};

/// `name` is that of a category or a number of the preprocessor. Throws ConfigError naming the nearest for any other.
Dependence dependence(const Preprocessor& preprocessor, const Columns& columns, const Predict& predict,
                      const std::string& name, const DependenceOptions& options = {});

}  // namespace tenfold::tabular
