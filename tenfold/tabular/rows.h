#pragma once
// Which rows of a table train and which validate, and what had to be left out.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/data/frame.h"
#include "tenfold/data/splits.h"
#include "tenfold/tabular/options.h"

namespace tenfold::tabular {

struct SplitRows {
  Parts parts;                         ///< rows of the frame, ascending
  SplitKind kind = SplitKind::random;  ///< as decided
  std::string how;                     ///< "time: Date from 2015-06-19 on validates"
  std::vector<std::string> remarks{};  ///< rows without a target, classes that no training row has
};

/// Leaves out rows for which train_rows does not hold and rows without a target, then parts the rest. Validation rows
/// of a class that no training row has are left out, too. A function of the frame, the options and the seed. Throws
/// ConfigError naming the option (table.…) for a column that is not there or does not fit the split, and where nothing
/// is left.
SplitRows split_rows(const Frame& frame, const DataOptions& options, uint64_t seed);

/// options.folds ways to part the same rows, by the same kind of split.
std::vector<Parts> fold_rows(const Frame& frame, const DataOptions& options, uint64_t seed);

/// Numbers to order by: seconds of a time column, integers as they are, other numbers by their rank. Throws
/// ConfigError("table.split_column") for text and where a row lacks it.
std::vector<int64_t> times_of(const Frame& frame, const std::string& column, const std::vector<int64_t>& rows);

}  // namespace tenfold::tabular
