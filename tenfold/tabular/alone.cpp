#include "tenfold/tabular/alone.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "tenfold/core/random.h"

namespace tenfold::tabular {
namespace {

constexpr double kSmoothing = 1;  // rows' worth of the overall mean in a level's: a level of one row says little
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Sum {
  double count = 0, total = 0;
  void add(double value) { ++count, total += value; }
};

/// Each level's mean target in each half; asked for the other half's rows.
class HalfMeans {
 public:
  HalfMeans(const Levelled& column, const std::vector<double>& target) : sums_(static_cast<size_t>(column.levels)) {
    for (size_t row = 0; row < target.size(); ++row) {
      const auto half = static_cast<size_t>(half_of(row));
      sums_[static_cast<size_t>(column.code[row])][half].add(target[row]);
      all_[half].add(target[row]);
    }
  }
  /// What the other half says of a row of `half`.
  double of(int32_t level, int half) const {
    const auto other = static_cast<size_t>(1 - half);
    const Sum& sum = sums_[static_cast<size_t>(level)][other];
    const double prior = all_[other].count > 0 ? all_[other].total / all_[other].count : 0;
    return (sum.total + kSmoothing * prior) / (sum.count + kSmoothing);
  }
  double of_all(int half) const {
    const Sum& sum = all_[static_cast<size_t>(1 - half)];
    return sum.count > 0 ? sum.total / sum.count : 0;
  }

 private:
  std::vector<std::array<Sum, 2>> sums_;
  std::array<Sum, 2> all_{};
};

/// Pairs (score, positive, negative) in any order to the area.
double area(std::vector<std::array<double, 3>>& groups) {
  std::sort(groups.begin(), groups.end());
  double positives = 0, negatives = 0, won = 0;
  for (size_t k = 0; k < groups.size();) {
    double here_positive = 0, here_negative = 0;
    const double score = groups[k][0];
    for (; k < groups.size() && groups[k][0] == score; ++k)
      here_positive += groups[k][1], here_negative += groups[k][2];
    won += here_positive * (negatives + here_negative / 2);
    positives += here_positive;
    negatives += here_negative;
  }
  return positives > 0 && negatives > 0 ? won / positives / negatives : kNone;
}

}  // namespace

int half_of(size_t row) {
  return static_cast<int>(philox4x32({static_cast<uint32_t>(row), static_cast<uint32_t>(row >> 32), 0, 0}, {0, 0})[0] &
                          1);
}

Levelled in_bins(std::string name, const std::vector<double>& values, int bins) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return std::isfinite(v); });
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> edges;  // bin k holds edges[k - 1] < value <= edges[k]
  for (int k = 1; k < bins && !sorted.empty(); ++k) {
    const double edge = sorted[sorted.size() * static_cast<size_t>(k) / static_cast<size_t>(bins)];
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), edge);
    const bool frequent = last - first > static_cast<std::ptrdiff_t>(sorted.size()) / (2 * bins);
    if (frequent && first != sorted.begin() && (edges.empty() || *(first - 1) > edges.back()))
      edges.push_back(*(first - 1));  // so that it begins a bin, which it ends, too
    if (edges.empty() || edge > edges.back()) edges.push_back(edge);
  }
  Levelled out{.name = std::move(name), .code = {}, .levels = static_cast<int32_t>(edges.size()) + 2};
  out.code.reserve(values.size());
  for (const double value : values)
    out.code.push_back(
        std::isfinite(value)
            ? 1 + static_cast<int32_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin())
            : 0);
  return out;
}

double alone_auc(const Levelled& column, const std::vector<double>& target) {
  const HalfMeans means(column, target);
  std::vector<std::array<double, 3>> groups(static_cast<size_t>(column.levels) * 2);
  for (int32_t level = 0; level < column.levels; ++level)
    for (int half = 0; half < 2; ++half) groups[static_cast<size_t>(2 * level + half)][0] = means.of(level, half);
  for (size_t row = 0; row < target.size(); ++row)
    ++groups[static_cast<size_t>(2 * column.code[row] + half_of(row))][target[row] > 0 ? 1 : 2];
  return area(groups);
}

double alone_r2(const Levelled& column, const std::vector<double>& target) {
  const HalfMeans means(column, target);
  double error = 0, around = 0;
  for (size_t row = 0; row < target.size(); ++row) {
    const int half = half_of(row);
    const double off = target[row] - means.of(column.code[row], half), spread = target[row] - means.of_all(half);
    error += off * off;
    around += spread * spread;
  }
  return around > 0 ? 1 - error / around : kNone;
}

double within_correlation(const Levelled& column, const std::vector<double>& target) {
  std::vector<Sum> sums(static_cast<size_t>(column.levels));
  Sum all;
  for (size_t row = 0; row < target.size(); ++row) {
    sums[static_cast<size_t>(column.code[row])].add(target[row]);
    all.add(target[row]);
  }
  if (all.count == 0) return kNone;
  const double mean = all.total / all.count;
  double groups = 0, between = 0, squares = 0, total = 0;
  for (const auto& sum : sums) {
    if (sum.count == 0) continue;
    ++groups;
    squares += sum.count * sum.count;
    between += sum.count * (sum.total / sum.count - mean) * (sum.total / sum.count - mean);
  }
  for (const double value : target) total += (value - mean) * (value - mean);
  if (groups < 2 || all.count <= groups || total <= 0) return kNone;
  const double mean_between = between / (groups - 1), mean_within = (total - between) / (all.count - groups);
  const double size = (all.count - squares / all.count) / (groups - 1);  // of a group, for unequal ones
  return (mean_between - mean_within) / (mean_between + (size - 1) * mean_within);
}

double neighbours_differ(const Levelled& column, const std::vector<double>& target) {
  std::vector<Sum> sums(static_cast<size_t>(column.levels));
  Sum all;
  for (size_t row = 0; row < target.size(); ++row) {
    if (column.code[row] == 0) continue;  // missing has no neighbours
    sums[static_cast<size_t>(column.code[row])].add(target[row]);
    all.add(target[row]);
  }
  double steps = 0, pairs = 0, spread = 0, levels = 0;
  const Sum* before = nullptr;
  for (const auto& sum : sums) {
    if (sum.count == 0) continue;
    const double mean = sum.total / sum.count, off = mean - all.total / all.count;
    spread += sum.count * off * off;
    ++levels;
    if (before) {
      // Weighed so that differences by chance alone count one variance each, as deviations do.
      const double step = mean - before->total / before->count;
      steps += step * step * before->count * sum.count / (before->count + sum.count);
      ++pairs;
    }
    before = &sum;
  }
  return spread > 0 && pairs > 0 ? steps / pairs / (spread / (levels - 1)) : kNone;
}

double auc_of(std::span<const double> score, const std::vector<double>& target) {
  std::vector<std::array<double, 3>> groups;
  groups.reserve(score.size());
  for (size_t row = 0; row < score.size(); ++row)
    groups.push_back({score[row], target[row] > 0 ? 1.0 : 0.0, target[row] > 0 ? 0.0 : 1.0});
  return area(groups);
}

}  // namespace tenfold::tabular
