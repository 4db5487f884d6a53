#pragma once
// A short linear rise and a long linear fall. Howard & Ruder 2018 (ULMFiT), arXiv 1801.06146, section 3.2; fastai 0.7's use_clr.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct SlantedTriangular {
  double epochs = 1;   ///< length
  double cut = 0.1;    ///< share of the run that rises
  double ratio = 32;   ///< the lowest rate is the peak / ratio
};

template <class Visitor>
void fields(Visitor&& visit, SlantedTriangular& o) {
  visit("epochs", o.epochs, "length");
  visit("cut", o.cut, "share of the run that rises");
  visit("ratio", o.ratio, "the lowest rate is the peak / ratio");
}

/// Throws ConfigError where epochs <= 0, cut is outside (0, 1), or ratio < 1.
double epochs(const SlantedTriangular& shape);
/// (1 + p (ratio - 1)) / ratio with p = t / cut while rising, then 1 - (t - cut) / (1 - cut), t = position / epochs.
Factor at(const SlantedTriangular& shape, double position);

}  // namespace tenfold
