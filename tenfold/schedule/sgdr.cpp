#include "tenfold/schedule/sgdr.h"

#include "tenfold/schedule/check.h"

namespace tenfold {
namespace {

void check(const Sgdr& shape) {
  if (shape.cycles < 1) throw ConfigError("sgdr.cycles", "is " + std::to_string(shape.cycles) + "; needs at least 1");
  positive(shape.cycle_len, "sgdr.cycle_len");
  positive(shape.cycle_mult, "sgdr.cycle_mult");
  if (!(shape.floor >= 0 && shape.floor <= 1)) throw ConfigError("sgdr.floor", "is " + std::to_string(shape.floor) + "; needs 0 to 1");
}

constexpr double kWarmShare = 1.0 / 20, kWarmFactor = 1.0 / 100;

}  // namespace

double epochs(const Sgdr& shape) {
  check(shape);
  double total = 0, length = shape.cycle_len;
  for (int cycle = 0; cycle < shape.cycles; ++cycle, length *= shape.cycle_mult) total += length;
  return total;
}

Factor at(const Sgdr& shape, double position) {
  check(shape);
  if (shape.warm_start && position < shape.cycle_len * kWarmShare) return {.lr = kWarmFactor};
  double length = shape.cycle_len;
  for (int cycle = 1; cycle < shape.cycles && position >= length; ++cycle) {
    position -= length;
    length *= shape.cycle_mult;
  }
  return {.lr = cosine_between(1, shape.floor, std::fmin(position / length, 1))};
}

}  // namespace tenfold
