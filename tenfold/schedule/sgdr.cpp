#include "tenfold/schedule/sgdr.h"

#include "tenfold/schedule/curves.h"

namespace tenfold {
namespace {

void check(const Sgdr& shape) {
  curves::require_cycles(shape.cycles, "sgdr.cycles");
  curves::require_positive(shape.cycle_len, "sgdr.cycle_len", " epochs");
  curves::require_positive(shape.cycle_mult, "sgdr.cycle_mult");
  curves::require(shape.floor >= 0 && shape.floor <= 1, "sgdr.floor", shape.floor, "0 to 1");
}

/// Epochs before cycle `cycle` (from 0): one product or a power, not a running sum, so that whole epochs stay whole.
double start_of(const Sgdr& shape, int cycle) {
  if (shape.cycle_mult == 1) return shape.cycle_len * cycle;
  return shape.cycle_len * (std::pow(shape.cycle_mult, cycle) - 1) / (shape.cycle_mult - 1);
}

}  // namespace

double epochs(const Sgdr& shape) {
  check(shape);
  return start_of(shape, shape.cycles);
}

std::vector<double> cycle_ends(const Sgdr& shape) {
  check(shape);
  std::vector<double> ends;
  for (int cycle = 1; cycle <= shape.cycles; ++cycle) ends.push_back(start_of(shape, cycle));
  return ends;
}

Factor at(const Sgdr& shape, double position) {
  check(shape);
  // A step that falls on a restart may miss its start by a rounding (0.1 + 0.1 + 0.1 > 0.3), and would then get the
  // rate 0 instead of 1. Steps are farther apart than this hair by far.
  const double hair = 1e-9 * std::max(1.0, position);
  int cycle = 0;
  while (cycle + 1 < shape.cycles && position + hair >= start_of(shape, cycle + 1)) ++cycle;
  const double length = shape.cycle_len * std::pow(shape.cycle_mult, cycle);
  const double progress = curves::progress(position - start_of(shape, cycle), length);
  if (shape.warm_start && cycle == 0 && progress < 0.05 - 1e-12) return {.lr = 0.01};
  return {.lr = curves::cosine(1, shape.floor, progress)};
}

}  // namespace tenfold
