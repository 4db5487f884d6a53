#pragma once
// Stochastic weight averaging: the plain mean of the weights along the end of a run lies in a wider, flatter place than
// any of them. Izmailov et al. 2018, arXiv 1803.05407.

#include "tenfold/train/callback.h"

namespace tenfold {

struct SwaOptions {
  double start = 0.75;  ///< share of the fit after which the ends of epochs count
  OnItems progress{};   ///< of the pass at the end; see measure_norms()
};

/// Averages the trained weights at the ends of epochs from `start` on, all alike; the fit ends with the average in the
/// model, its norm statistics measured anew by one pass over the training data. Wants a rate that does not fall to 0,
/// or cycles, else the weights averaged hardly differ. Validation during the fit sees the weights themselves. Throws
/// ConfigError for a start outside [0, 1), and where fewer than two epochs would count.
Callback swa(const SwaOptions& options = {});

/// Epochs done when the first end of one counts. Throws ConfigError where a fit of `epochs` has fewer than two that do.
double first_averaged(double start, double epochs);

}  // namespace tenfold
