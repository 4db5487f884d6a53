#pragma once
// Stochastic gradient descent with warm restarts: cosine decay, restarted at full rate, each cycle longer than the
// last. Loshchilov & Hutter, "SGDR", ICLR 2017, eq. 5. `warm_start` is fastai 0.7's first cycle.
//
// fastai 0.7's fit(lr, n, cycle_len = c, cycle_mult = m) is {.cycles = n, .cycle_len = c, .cycle_mult = m,
// .warm_start = true}; without cycle_len it is Constant. fastai 2's fit_sgdr(n, c) is {.cycles = n, .cycle_len = c}.

#include <vector>

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct Sgdr {
  int cycles = 3;           ///< restarts + 1
  double cycle_len = 1;     ///< epochs in the first cycle
  double cycle_mult = 2;    ///< each cycle lasts this many times the one before; 1 keeps them equal
  double floor = 0;         ///< factor reached at the end of a cycle
  bool warm_start = false;  ///< fastai 0.7: the first twentieth of the first cycle at a hundredth of the rate
};

template <class Visitor>
void fields(Visitor&& visit, Sgdr& o) {
  visit("cycles", o.cycles, "restarts + 1; each restart lets the net leave a narrow minimum");
  visit("cycle_len", o.cycle_len, "epochs in the first cycle");
  visit("cycle_mult", o.cycle_mult, "each cycle lasts this many times the one before; 1 keeps them equal");
  visit("floor", o.floor, "factor reached at the end of a cycle; 0 lets the last batches stand still");
  visit("warm_start", o.warm_start, "fastai 0.7: the first twentieth of the first cycle at a hundredth of the rate");
}

/// Length of the run in epochs: cycle_len · (1 + mult + mult² + …), 1 + 2 + 4 = 7 for the defaults.
/// Throws ConfigError where cycles < 1, cycle_len <= 0 or cycle_mult <= 0.
double epochs(const Sgdr& shape);

/// Epochs at which each cycle ends: 1, 3, 7 for the defaults. Throws as epochs() does.
std::vector<double> cycle_ends(const Sgdr& shape);

/// The factor at `position` epochs into the run, 0 <= position <= epochs(shape). Pure: resuming and plotting need only
/// this.
Factor at(const Sgdr& shape, double position);

}  // namespace tenfold
