#pragma once
// What a split takes apart that belongs together: moments, groups, copies of one row. find_leaks() calls them all.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/tabular/leak_targets.h"
#include "tenfold/tabular/leaks.h"

namespace tenfold::tabular {

/// Dates that a split does not go by; no target is needed. The evidence is the share of neighbouring rows in order.
void find_dates(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                const SplitRows& split);

/// Share of neighbours in order, from where a table is sorted by a date.
constexpr double sorted_by_date = 0.95;

/// Columns that name groups whose targets are alike. `targets` are those of `rows`. Whole numbers along which the
/// target changes steadily, as age, are amounts and no groups.
void find_groups(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                 const std::vector<int64_t>& rows, const Targets& targets, const SplitRows& split,
                 const DataOptions& options, const LeakOptions& limits);

/// Validation rows that are (nearly) the same as a training row.
void find_copies(std::vector<Leak>& out, const Frame& frame, const SplitRows& split, DataOptions options,
                 const LeakOptions& limits);

}  // namespace tenfold::tabular
