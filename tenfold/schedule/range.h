#pragma once
// The learning-rate range test: rates that grow geometrically from far too small to far too large.
// Smith, "Cyclical learning rates for training neural networks", WACV 2017; exponential as in both generations of
// fastai.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct Range {
  double epochs = 1;
  double start = 1e-7;
  double end = 10;
};

template <class Visitor>
void fields(Visitor&& visit, Range& o) {
  visit("epochs", o.epochs, "length of the run");
  visit("start", o.start, "factor at the start; too high hides the flat part of the curve");
  visit("end", o.end, "factor at the end; high enough that training diverges before it");
}

/// Throws ConfigError where epochs, start or end is not above 0.
double epochs(const Range& shape);

/// start · (end/start)^(position/epochs).
Factor at(const Range& shape, double position);

}  // namespace tenfold
