#pragma once
// One cycle: the rate rises, then falls far below where it began, while momentum does the opposite.
// Smith & Topin 2018, "Super-convergence", arXiv 1708.07120; fastai 2.x's cosine form, and 0.7's linear one by name.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct OneCycle {
  double epochs = 1;          ///< length
  double pct_start = 0.25;    ///< share of the run in which the rate rises
  double div = 25;            ///< the first rate is the peak / div
  double div_final = 1e5;     ///< the last rate is the peak / div_final
  double momentum_high = 0.95;  ///< at both ends
  double momentum_low = 0.85;   ///< at the peak of the rate
};

template <class Visitor>
void fields(Visitor&& visit, OneCycle& o) {
  visit("epochs", o.epochs, "length");
  visit("pct_start", o.pct_start, "share of the run in which the rate rises; longer is gentler on pretrained weights");
  visit("div", o.div, "the first rate is the peak / div");
  visit("div_final", o.div_final, "the last rate is the peak / div_final");
  visit("momentum_high", o.momentum_high, "momentum at both ends");
  visit("momentum_low", o.momentum_low, "momentum at the peak of the rate; equal to momentum_high it does not move");
}

/// Throws ConfigError where epochs <= 0, pct_start is outside (0, 1), or a divisor is not above 0.
double epochs(const OneCycle& shape);
/// Cosine from 1/div to 1 over pct_start, then cosine to 1/div_final; momentum the other way round.
Factor at(const OneCycle& shape, double position);

}  // namespace tenfold
