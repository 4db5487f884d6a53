#pragma once
// One cycle: up from a small rate to the full one, then down to almost nothing, with momentum the other way round.
// Smith, "A disciplined approach to neural network hyper-parameters", 2018; the cosine form is fastai's since 1.0.
//
// fastai 0.7's fit(lr, n, cycle_len = c, use_clr_beta = (div, pct, high, low)) is {.epochs = n·c, .div = div,
// .div_final = 100·div, .pct_start = (1 - pct/100)/2, .momentum_high = high, .momentum_low = low,
// .anneal = Anneal::linear, .steps = batches in a cycle, .cycles = n}. fastai 1's fit_one_cycle is {.div_final = 2.5e5,
// .pct_start = 0.3, .steps = batches}, fastai 2's the defaults.

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "tenfold/schedule/factor.h"

namespace tenfold {

enum class Anneal { cosine, linear };

constexpr auto names(Anneal) {
  return std::to_array<std::pair<Anneal, std::string_view>>({{Anneal::cosine, "cosine"}, {Anneal::linear, "linear"}});
}

struct OneCycle {
  double epochs = 1;
  double div = 25;         ///< starts at 1/div
  double div_final = 1e5;  ///< ends at 1/div_final
  double pct_start = 0.25;
  double momentum_high = 0.95;
  double momentum_low = 0.85;
  Anneal anneal = Anneal::cosine;
  int64_t steps = 0;
  int cycles = 1;
};

template <class Visitor>
void fields(Visitor&& visit, OneCycle& o) {
  visit("epochs", o.epochs, "length of the run");
  visit("div", o.div, "starts at the full rate divided by this; larger is a gentler start");
  visit("div_final", o.div_final, "ends at the full rate divided by this");
  visit("pct_start", o.pct_start, "share of the run spent going up; longer warms up more and leaves less for settling");
  visit("momentum_high", o.momentum_high, "momentum where the rate is low");
  visit("momentum_low", o.momentum_low, "momentum where the rate is highest; equal to the high one keeps it constant");
  visit("anneal", o.anneal,
        "linear is fastai 0.7's: up, down as long to the rate of the start, then a tail to the final rate");
  visit("steps", o.steps,
        "steps in a cycle, to turn on whole steps as fastai 0.7 did; 0 turns exactly where the shares say");
  visit("cycles", o.cycles, "the run is this many equal cycles; more than one gives up what makes one cycle fast");
}

/// Throws ConfigError where epochs <= 0, div, div_final or cycles < 1, pct_start is outside (0, 1), or above 1/2 with a
/// linear anneal, or a momentum is outside [0, 1).
double epochs(const OneCycle& shape);

/// In each cycle: cosine 1/div → 1 over pct_start, 1 → 1/div_final over the rest; momentum high → low → high alike.
/// Linear: 1/div → 1 → 1/div, pct_start each, then 1/div → 1/div_final over the rest at high momentum.
Factor at(const OneCycle& shape, double position);

}  // namespace tenfold
