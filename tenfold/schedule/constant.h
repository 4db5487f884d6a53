#pragma once
// The same rate throughout.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct Constant {
  double epochs = 1;
};

template <class Visitor>
void fields(Visitor&& visit, Constant& o) {
  visit("epochs", o.epochs, "length of the run");
}

/// Throws ConfigError where it is not above 0.
double epochs(const Constant& shape);

/// Factor 1 at every position.
Factor at(const Constant& shape, double position);

}  // namespace tenfold
