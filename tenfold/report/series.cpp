#include "tenfold/report/series.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace tenfold::report {

std::vector<size_t> extremes(const std::vector<std::vector<double>>& columns, size_t buckets) {
  const size_t rows = columns.empty() ? 0 : columns.front().size();
  std::set<size_t> kept;
  if (rows <= buckets * (1 + 2 * columns.size())) {
    for (size_t row = 0; row < rows; ++row) kept.insert(row);
    return {kept.begin(), kept.end()};
  }
  for (size_t bucket = 0; bucket < buckets; ++bucket) {
    const size_t begin = bucket * rows / buckets, end = (bucket + 1) * rows / buckets;
    kept.insert(begin);
    for (const auto& column : columns) {
      size_t lowest = rows, highest = rows;
      for (size_t row = begin; row < end; ++row) {
        if (!std::isfinite(column[row])) continue;
        if (lowest == rows || column[row] < column[lowest]) lowest = row;
        if (highest == rows || column[row] > column[highest]) highest = row;
      }
      if (lowest != rows) kept.insert({lowest, highest});
    }
  }
  kept.insert(rows - 1);
  return {kept.begin(), kept.end()};
}

std::pair<double, double> sweep_window(const std::vector<double>& loss) {
  std::vector<double> finite;
  std::copy_if(loss.begin(), loss.end(), std::back_inserter(finite), [](double value) { return std::isfinite(value); });
  if (finite.empty()) return {0, 1};
  const auto lowest = std::min_element(finite.begin(), finite.end());
  const double before = *std::max_element(finite.begin(), lowest + 1),
               most = *std::max_element(finite.begin(), finite.end());
  const double span = before - *lowest, room = span > 0 ? span : most - *lowest;
  const double top = std::min(most, before + 0.4 * room);
  const double edge = top > *lowest ? 0.06 * (top - *lowest) : 0.5;
  return {*lowest - edge, top + edge};
}

}  // namespace tenfold::report
