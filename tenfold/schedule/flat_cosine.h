#pragma once
// The full rate for most of the run, then cosine annealing: fastai 2.x's fit_flat_cos, made for RAdam and lookahead.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct FlatCosine {
  double epochs = 1;        ///< length
  double pct_start = 0.75;  ///< share of the run at the full rate
  double div_final = 1e5;   ///< the last rate is the full one / div_final
};

template <class Visitor>
void fields(Visitor&& visit, FlatCosine& o) {
  visit("epochs", o.epochs, "length");
  visit("pct_start", o.pct_start, "share of the run at the full rate");
  visit("div_final", o.div_final, "the last rate is the full one / div_final");
}

/// Throws ConfigError where epochs <= 0, pct_start is outside (0, 1), or div_final is not above 0.
double epochs(const FlatCosine& shape);
Factor at(const FlatCosine& shape, double position);

}  // namespace tenfold
