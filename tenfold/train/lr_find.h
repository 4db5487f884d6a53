#pragma once
// The learning-rate finder: a geometric sweep on a copy of the weights, and four rules that read the curve.
// Smith 2017, arXiv 1506.01186; the rules are fastai 2.x's, with a bootstrap error bar.

#include <functional>
#include <string>
#include <vector>

#include "tenfold/train/learner.h"

namespace tenfold {

/// The curve and what the rules read from it. Torch-free in use: see train/lr_curve.h.
struct LrCurve {
  std::vector<double> lr, loss;  ///< as swept; loss smoothed (0.98 debiased)
  std::vector<double> raw;       ///< unsmoothed
  bool diverged = false;         ///< stopped before the end

  double valley() const;   ///< default: a third into the longest descent
  double slide() const;
  double minimum() const;  ///< rate of the lowest loss / 10
  double steep() const;
  /// Range that holds the middle 80 % of valley() over resampled noise.
  std::pair<double, double> valley_range() const;
};

/// Sweeps options.steps batches with rates start · (end/start)^(i/steps) on every trained group, then puts weights, norm
/// statistics and optimiser back. Stops where the smoothed loss exceeds stop_ratio · best, or is not finite.
LrCurve lr_find(Learner& learner, const LrFindOptions& options = {}, const std::function<void(int step)>& progress = {});

Json to_json(const LrCurve& curve);

}  // namespace tenfold
