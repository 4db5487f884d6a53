#pragma once
// Long curves made short without losing what a reader would see: peaks, dips and ends.

#include <cstddef>
#include <utility>
#include <vector>

namespace tenfold::report {

/// Rows to draw, ascending: of each of `buckets` runs of neighbours the first row and, for each column, its lowest and
/// highest; and the last row. Columns are equally long; values that are no number are passed over. All rows where that
/// is no more.
std::vector<size_t> extremes(const std::vector<std::vector<double>>& columns, size_t buckets);

/// Losses worth looking at in a rate sweep: all up to the lowest, and above it not much more than the sweep began with,
/// so that a loss that runs away does not flatten the rest. {0, 1} where there is none.
std::pair<double, double> sweep_window(const std::vector<double>& loss);

}  // namespace tenfold::report
