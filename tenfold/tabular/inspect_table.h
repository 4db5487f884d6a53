#pragma once
// What is in a table, before anything is trained on it: for `tenfold inspect --table`. Columns and why they are taken
// for what, the target's distribution, where validation would look better than life, all that would stop training.

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tenfold/core/inspection.h"
#include "tenfold/data/frame.h"
#include "tenfold/tabular/leaks.h"
#include "tenfold/tabular/options.h"
#include "tenfold/tabular/preprocess.h"

namespace tenfold::tabular {

struct InspectedColumn {
  ColumnPlan plan;        ///< what it is taken for, and why; as training tells it
  ColumnSummary summary;  ///< its kind, how much of it is missing, different values, range, mean, examples
};

struct TargetClass {
  std::string name;
  int64_t rows = 0;
};

/// One column of the target, or a comparison, in rows that have all of it.
struct InspectedTarget {
  std::string name;
  std::vector<TargetClass> classes{};  ///< of single_label all, of multi_label the one; else empty
  // Of a regression, in the table's unit; NaN else.
  double lowest = std::numeric_limits<double>::quiet_NaN(), lower_quarter = lowest, median = lowest,
         upper_quarter = lowest, highest = lowest, mean = lowest, deviation = lowest;
};

struct TableInspection {
  std::string path;
  std::string task;  ///< "single_label", "multi_label", "regression"; "" without a target
  int64_t rows = 0;
  int64_t unlabelled = 0;  ///< rows without a target
  int64_t repeated = 0;    ///< rows whose columns, ignored ones apart, are all those of a row above
  std::vector<InspectedColumn> columns{};
  std::vector<InspectedTarget> targets{};
  std::vector<Broken> broken{};         ///< what would stop training; of a file that cannot be read every row
  std::vector<Leak> leaks{};            ///< against the split that the options say, which is by lot where they say none
  std::vector<std::string> warnings{};  ///< values of two kinds, dates in two orders, rare classes, …
  std::string split;                    ///< advised, in words
  std::string recommendation;           ///< a command line; empty where something would stop it
};

/// Reads the table, and the names of options.test's columns. Without options.target only what needs none is looked at.
/// Never throws for content; throws FileError where there is no such file and ConfigError for options that cannot work,
/// as a column that is not there. The same for any number of threads.
TableInspection inspect_table(const DataOptions& options, uint64_t seed = 42, int threads = 0);
Json to_json(const TableInspection& inspection);

}  // namespace tenfold::tabular
