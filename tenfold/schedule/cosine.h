#pragma once
// Cosine annealing from the full rate to a floor: one cycle of SGDR without a restart.
// Loshchilov & Hutter, "SGDR", ICLR 2017, eq. 5.

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct Cosine {
  double epochs = 1;  ///< length
  double floor = 0;   ///< factor reached at the end
};

template <class Visitor>
void fields(Visitor&& visit, Cosine& o) {
  visit("epochs", o.epochs, "length; longer ends better, with less and less gain");
  visit("floor", o.floor, "factor reached at the end; 0 lets the last batches stand still");
}

/// Throws ConfigError where epochs <= 0 or floor is outside [0, 1].
double epochs(const Cosine& shape);
/// floor + (1 - floor)(1 + cos(π · position / epochs)) / 2.
Factor at(const Cosine& shape, double position);

}  // namespace tenfold
