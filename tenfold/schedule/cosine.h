#pragma once
// Half a cosine from the full rate down to a floor: one cycle of SGDR (Loshchilov & Hutter, ICLR 2017, eq. 5).

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct Cosine {
  double epochs = 1;
  double floor = 0;  ///< factor at the end
};

template <class Visitor>
void fields(Visitor&& visit, Cosine& o) {
  visit("epochs", o.epochs, "length of the run");
  visit("floor", o.floor, "factor reached at the end; 0 lets the last batches stand still");
}

/// Throws ConfigError where epochs <= 0 or floor is outside [0, 1].
double epochs(const Cosine& shape);

/// floor + (1 - floor)/2 · (1 + cos(π · position/epochs)).
Factor at(const Cosine& shape, double position);

}  // namespace tenfold
