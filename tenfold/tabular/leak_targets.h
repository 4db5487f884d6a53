#pragma once
// What searches for leaks share: the targets as plain numbers, the columns as levels, and a part of the rows.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/data/frame.h"
#include "tenfold/tabular/alone.h"
#include "tenfold/tabular/options.h"

namespace tenfold::tabular {

/// The targets, as one or more lists; classes as 0/1 of each of up to four frequent ones.
struct Targets {
  bool classes = false;
  std::vector<std::vector<double>> lists;
  std::string measure() const { return classes ? "AUC" : "R²"; }

  /// What a column alone tells of them, the largest over the lists; AUC as the better of both directions. NaN where
  /// none is defined.
  double alone(const Levelled& column) const;
};

/// Of these rows. Throws as plan_target() does.
Targets targets_of(const Frame& frame, const std::vector<int64_t>& rows, const DataOptions& options);

/// At most `count` of the rows, evenly taken.
std::vector<int64_t> evenly(const std::vector<int64_t>& rows, int64_t count);

/// Whether values are words rather than amounts.
bool is_name(ColumnKind kind);

/// Every value a level, in ascending order; missing is 0.
Levelled levels_of(const std::string& name, const Column& column);

/// 0.123 for people.
std::string fixed_text(double value, int digits = 3);

}  // namespace tenfold::tabular
