#pragma once
// Files of tables → frames → prepared rows, with what was fitted to the training rows on the way.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/data/frame.h"
#include "tenfold/data/read_frame.h"
#include "tenfold/tabular/learner.h"
#include "tenfold/tabular/options.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/rows.h"

namespace tenfold::tabular {

struct LoadedTable {
  TableData table;            ///< test rows too, where options.test is there
  Preprocessor preprocessor;  ///< fitted to the training rows
  Frame frame;                ///< options.path, whole
  Frame valid;                ///< options.valid; without rows where validation rows are frame's
  Frame test;                 ///< options.test; without rows where there is none
  SplitRows split;            ///< of frame; all rows train where valid has its own file
  std::vector<std::string> told;
};

/// Reads, splits by the seed, fits and applies. Throws what read_frame(), split_rows(), fit() and apply() do.
/// `only`, if not empty, are the columns to learn from, as categories in this order; throws as Frame::select() does.
LoadedTable load(const DataOptions& options, uint64_t seed = 42, int threads = 0,
                 const std::vector<std::string>& only = {});

/// The rows that train and those that validate; all train where validation rows have a file of their own. Throws as
/// split_rows() does.
SplitRows part_rows(const Frame& frame, const DataOptions& options, uint64_t seed);

/// How the options say that files are to be read.
ReadOptions read_options(const DataOptions& options, int threads = 0);

/// A CSV file with the features that the options make of other rows (elapsed); what is odd about it goes to `told`, if
/// given. Throws ConfigError naming the option for a column that is not there, and DataError naming the line of the
/// first value that is no number in a column listed as continuous, or no date in one listed as a date.
Frame read_table(const std::string& path, const DataOptions& options, int threads = 0,
                 std::vector<std::string>* told = nullptr);

/// Every row of the frame as split test, prepared as training rows were, with its target where it has one.
Data to_predict(const Frame& frame, const Preprocessor& preprocessor, std::vector<std::string>* told = nullptr);

}  // namespace tenfold::tabular
