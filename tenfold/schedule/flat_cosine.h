#pragma once
// The full rate for most of the run, then half a cosine down: fastai 2.x's fit_flat_cos, made for RAdam with Lookahead.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct FlatCosine {
  double epochs = 1;
  double pct_start = 0.75;
  double div_final = 1e5;  ///< ends at 1/div_final
};

template <class Visitor>
void fields(Visitor&& visit, FlatCosine& o) {
  visit("epochs", o.epochs, "length of the run");
  visit("pct_start", o.pct_start, "share of the run at the full rate; longer explores more and settles less");
  visit("div_final", o.div_final, "ends at the full rate divided by this");
}

/// Throws ConfigError where epochs <= 0, pct_start is outside [0, 1) or div_final < 1.
double epochs(const FlatCosine& shape);

/// 1 up to pct_start, then a cosine to 1/div_final.
Factor at(const FlatCosine& shape, double position);

}  // namespace tenfold
