#include "tenfold/tabular/target_encode.h"

#include <algorithm>

#include "tenfold/core/random.h"

namespace tenfold::tabular {
namespace {

struct Sums {
  std::vector<double> total, count;  ///< by code
  double all = 0, rows = 0;

  explicit Sums(int64_t levels) : total(static_cast<size_t>(levels)), count(static_cast<size_t>(levels)) {}
  void add(int32_t code, double target) {
    total[static_cast<size_t>(code)] += target;
    ++count[static_cast<size_t>(code)];
    all += target;
    ++rows;
  }
};

double mean(double total, double count, double overall, double smoothing) {
  return count + smoothing > 0 ? (total + smoothing * overall) / (count + smoothing) : overall;
}

}  // namespace

std::vector<double> level_means(const std::vector<int32_t>& code, const std::vector<double>& target, int64_t levels,
                                const EncodeOptions& options) {
  Sums sums(levels);
  for (size_t row = 0; row < code.size(); ++row) sums.add(code[row], target[row]);
  const double overall = sums.rows > 0 ? sums.all / sums.rows : 0;
  std::vector<double> out;
  for (size_t k = 0; k < sums.total.size(); ++k)
    out.push_back(mean(sums.total[k], sums.count[k], overall, options.smoothing));
  return out;
}

std::vector<double> out_of_fold_means(const std::vector<int32_t>& code, const std::vector<double>& target,
                                      int64_t levels, const EncodeOptions& options) {
  const auto rows = static_cast<int64_t>(code.size());
  const auto folds = static_cast<size_t>(std::max<int64_t>(1, std::min<int64_t>(options.folds, rows)));
  std::vector<size_t> fold_of(code.size());
  const auto order = permutation(rows, Draw(0, 0, 0, Purpose::split));
  for (size_t k = 0; k < order.size(); ++k) fold_of[static_cast<size_t>(order[k])] = k % folds;
  Sums all(levels);
  std::vector<Sums> by_fold(folds, Sums(levels));
  for (size_t row = 0; row < code.size(); ++row) {
    all.add(code[row], target[row]);
    by_fold[fold_of[row]].add(code[row], target[row]);
  }
  std::vector<double> out;
  out.reserve(code.size());
  for (size_t row = 0; row < code.size(); ++row) {
    const auto k = static_cast<size_t>(code[row]);
    const Sums& own = by_fold[fold_of[row]];
    const double rest = all.rows - own.rows, overall = rest > 0 ? (all.all - own.all) / rest : 0;
    out.push_back(mean(all.total[k] - own.total[k], all.count[k] - own.count[k], overall, options.smoothing));
  }
  return out;
}

}  // namespace tenfold::tabular
