#include "tenfold/schedule/one_cycle.h"

#include "tenfold/schedule/check.h"

namespace tenfold {

double epochs(const OneCycle& shape) {
  between(shape.pct_start, 0, 1, "one_cycle.pct_start");
  positive(shape.div, "one_cycle.div");
  positive(shape.div_final, "one_cycle.div_final");
  return positive(shape.epochs, "one_cycle.epochs");
}

Factor at(const OneCycle& shape, double position) {
  const double progress = std::fmin(position / epochs(shape), 1);
  if (progress < shape.pct_start) {
    const double rise = progress / shape.pct_start;
    return {.lr = cosine_between(1 / shape.div, 1, rise), .momentum = cosine_between(shape.momentum_high, shape.momentum_low, rise)};
  }
  const double fall = (progress - shape.pct_start) / (1 - shape.pct_start);
  return {.lr = cosine_between(1, 1 / shape.div_final, fall), .momentum = cosine_between(shape.momentum_low, shape.momentum_high, fall)};
}

}  // namespace tenfold
