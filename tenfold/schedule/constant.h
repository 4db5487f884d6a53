#pragma once
// The same rate throughout: what fastai's plain fit() does, whatever its lessons suggest.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct Constant {
  double epochs = 1;  ///< length
};

template <class Visitor>
void fields(Visitor&& visit, Constant& o) {
  visit("epochs", o.epochs, "length; nothing anneals, so the last steps stay noisy");
}

/// Throws ConfigError where epochs <= 0.
double epochs(const Constant& shape);
Factor at(const Constant& shape, double position);

}  // namespace tenfold
