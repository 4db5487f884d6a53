#pragma once
// A learning-rate sweep and what four rules read from it. Torch-free.
// Smith 2017, arXiv 1506.01186; the rules are fastai 2.x's by the same names, valley with a bootstrap error bar.

#include <utility>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold {

/// The rules leave out the first tenth of the sweep and its last five points (as fastai 2.x does), where that leaves
/// any, and what follows a loss that is not a number. They throw TrainingError where the curve is empty.
struct LrCurve {
  std::vector<double> lr, loss;  ///< as swept; loss smoothed (0.98 debiased)
  std::vector<double> raw;       ///< unsmoothed
  int steps = 0;                 ///< asked for; the sweep may have stopped before
  bool diverged = false;         ///< stopped before the end

  double valley() const;   ///< default: a third into the longest descent
  double slide() const;    ///< where, coming from the right, the slope stops changing
  double minimum() const;  ///< rate of the lowest loss / 10
  double steep() const;    ///< where the loss falls fastest by the logarithm of the rate
  /// Range that holds the middle 80 % of valley() over 200 curves with resampled noise: every raw loss keeps its
  /// distance from the local trend but draws its sign (wild bootstrap, Wu 1986). The same curve gives the same range.
  std::pair<double, double> valley_range() const;
};

Json to_json(const LrCurve& curve);

}  // namespace tenfold
