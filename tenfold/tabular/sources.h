#pragma once
// What columns are read from: the table, and the parts of its dates.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tenfold/data/date_parts.h"
#include "tenfold/tabular/kinds.h"
#include "tenfold/tabular/preprocess.h"

namespace tenfold::tabular {

/// Whether dates also become cosines and sines of their places in week, month and year.
enum class Cycles { none, all };

/// A column to learn from, before it is decided whether it is a category or a number.
struct Source {
  std::string column;     ///< of sources_of(): of the table, or a part of a date
  std::string source;     ///< of the table
  bool part = false;      ///< of a date
  bool category = false;  ///< part: whether it is a name (weekday) rather than an amount (elapsed seconds)
};

/// The table's columns and the parts of its dates, by name. Parts are kept of each different moment alone: ten million
/// rows have few of those.
class Sources {
 public:
  /// A date that is text now is read as one where all of it can be, and told in `remarks`. Throws DataError where it
  /// cannot. A part whose name the table has itself is the table's column.
  Sources(const Frame& frame, const std::vector<std::string>& dates, DateDetail detail, Cycles cycles,
          std::vector<std::string>& remarks);

  /// A column that can be taken from by row.
  struct Of {
    Column column;                                       ///< by row, or by moment where there are places
    std::shared_ptr<const std::vector<int64_t>> places;  ///< of each row among the moments; null: rows are rows
    Column take(std::span<const int64_t> rows) const;
  };
  /// Throws DataError naming the nearest for a name that is neither.
  Of operator[](const std::string& name) const;

 private:
  struct Date {
    Frame parts;
    std::shared_ptr<const std::vector<int64_t>> places;
  };
  Frame frame_;
  std::vector<Date> dates_;
};

/// The parts of a date column, by name.
std::vector<Source> parts_of(const std::string& date, DateDetail detail, Cycles cycles);

DateDetail detail_of(bool date_time);
Cycles cycles_of(bool cyclic);

/// Decides for every column of the table what it is, and lists what is to be learnt from. Throws ConfigError naming the
/// option for a column that is not there, or is asked to be two things.
struct Decided {
  std::vector<ColumnPlan> plan;  ///< one a column of the table; categories and numbers are decided later
  std::vector<Source> sources;   ///< in the order of the table
  std::vector<std::string> dates;
};
Decided decide_columns(const Frame& frame, const DataOptions& options);

/// What a source is: as it is listed, as its part of a date says, or by its values, those of the training rows.
Judgement judge_source(const Source& source, const Column& values, const DataOptions& options);
ColumnPlan plan_of(const std::string& column, const Judgement& judgement);

}  // namespace tenfold::tabular
