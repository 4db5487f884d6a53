#pragma once
// What columns are read from: the table, and the parts of its dates.

#include <string>
#include <vector>

#include "tenfold/tabular/preprocess.h"

namespace tenfold::tabular {

/// A column to learn from, before it is decided whether it is a category or a number.
struct Source {
  std::string column;     ///< of sources_of(): of the table, or a part of a date
  std::string source;     ///< of the table
  bool part = false;      ///< of a date
  bool category = false;  ///< part: whether it is a name (weekday) rather than an amount (elapsed seconds)
};

/// The table with the parts of `dates` behind its own columns. A date that is text now is read as one where all of it
/// can be, and told in `remarks`. Throws DataError where it cannot.
Frame with_date_parts(const Frame& frame, const std::vector<std::string>& dates, bool date_time, bool cyclic,
                      std::vector<std::string>& remarks);

/// The parts of a date column, by name.
std::vector<Source> parts_of(const std::string& date, bool date_time, bool cyclic);

/// Decides for every column of the table what it is, and lists what is to be learnt from. Throws ConfigError naming the
/// option for a column that is not there, or is asked to be two things.
struct Decided {
  std::vector<ColumnPlan> plan;  ///< one a column of the table; categories and numbers are decided later
  std::vector<Source> sources;   ///< in the order of the table
  std::vector<std::string> dates;
};
Decided decide_columns(const Frame& frame, const DataOptions& options);

}  // namespace tenfold::tabular
