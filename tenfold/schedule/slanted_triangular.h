#pragma once
// A short line up, a long line down: quick convergence to a good region, then slow refinement.
// Howard & Ruder, "Universal Language Model Fine-tuning", ACL 2018, eq. 3. The paper rounds the corner to a whole step
// but not the slope after it, so that its rate can end below 0; without rounding (steps = 0), as here, the line ends at
// 1/ratio.
//
// Repeated, it is the triangular policy of Smith, "Cyclical learning rates", WACV 2017 (cut = 1/2 there).
//
// fastai 0.7's fit(lr, n, cycle_len = c, use_clr = (div, cut_div[, high, low])) is {.epochs = n·c, .cut = 1/cut_div,
// .ratio = div, .momentum_high = high, .momentum_low = low, .steps = batches in a cycle, .cycles = n}.

#include <cstdint>
#include <optional>

#include "tenfold/schedule/factor.h"

namespace tenfold {

struct SlantedTriangular {
  double epochs = 1;
  double cut = 0.1;   ///< share of the run spent going up
  double ratio = 32;  ///< starts and ends at 1/ratio
  std::optional<double> momentum_high{};
  std::optional<double> momentum_low{};
  int64_t steps = 0;
  int cycles = 1;
};

template <class Visitor>
void fields(Visitor&& visit, SlantedTriangular& o) {
  visit("epochs", o.epochs, "length of the run");
  visit("cut", o.cut, "share of the run spent going up; short, so that most of it refines");
  visit("ratio", o.ratio, "starts and ends at the full rate divided by this");
  visit("momentum_high", o.momentum_high, "momentum where the rate is low; leave both out to keep the optimiser's");
  visit("momentum_low", o.momentum_low, "momentum where the rate is highest");
  visit("steps", o.steps,
        "steps in a cycle, to turn on a whole step as fastai 0.7 did; 0 turns exactly where cut says");
  visit("cycles", o.cycles,
        "the run is this many equal cycles; each restart lets the net leave a narrow minimum, and snapshots can keep "
        "its ends");
}

/// Throws ConfigError where epochs <= 0, cut is outside (0, 1), ratio or cycles < 1, or one momentum is given without
/// the other.
double epochs(const SlantedTriangular& shape);

/// (1 + p · (ratio - 1)) / ratio; p rises to 1 at `cut` of a cycle and falls to 0 at its end.
Factor at(const SlantedTriangular& shape, double position);

}  // namespace tenfold
