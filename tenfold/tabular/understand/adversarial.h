#pragma once
// Whether test rows come from where training rows do: can a model tell them apart? If it can, validation on training
// rows says little of the test, and the columns that tell are where the world has changed.
//
// The model is additive: a weight for each level of each column (numbers in bins), fitted column by column with Newton
// steps on the logistic loss (Friedman, Hastie & Tibshirani, "Additive logistic regression", Annals of Statistics 28,
// 2000). It sees any shift of a single column, and no training run is needed for it.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/data/frame.h"
#include "tenfold/tabular/options.h"

namespace tenfold::tabular {

struct AdversarialOptions {
  int rounds = 10;       ///< over all columns
  double ridge = 5;      ///< rows' worth of doubt in each level's weight
  int64_t rows = 50000;  ///< of each table at most, evenly taken
};

struct ColumnShift {
  std::string column;
  double auc = 0.5;  ///< of this column alone, on rows that it was not fitted on
};

struct Adversarial {
  double auc = 0.5;  ///< of all columns together, on rows that the model was not fitted on; 0.5: no difference
  std::vector<ColumnShift> columns;  ///< those that tell the tables apart, most telling first
  std::string verdict;               ///< in words
};

/// Columns of both tables, but for the target and options.ignore. Times are read as amounts: a test later than the
/// training rows is told apart at once. A function of its arguments. Throws DataError where no column is in both.
Adversarial tell_apart(const Frame& train, const Frame& test, const DataOptions& options,
                       const AdversarialOptions& how = {});

}  // namespace tenfold::tabular
