#include "tenfold/schedule/one_cycle.h"

#include "tenfold/schedule/curves.h"

namespace tenfold {
namespace {

/// 0 at the start, 1 at the peak, 0 from twice the peak's place on.
double triangle(double progress, double peak) {
  if (peak <= 0) return 0;
  return progress <= peak ? progress / peak : std::max(0.0, 1 - (progress - peak) / peak);
}

double cosine_cycle(double start, double middle, double end, double peak, double progress) {
  if (progress < peak) return curves::cosine(start, middle, progress / peak);
  return curves::cosine(middle, end, (progress - peak) / (1 - peak));
}

}  // namespace

double epochs(const OneCycle& shape) {
  curves::require_positive(shape.epochs, "one_cycle.epochs", " epochs");
  curves::require(shape.div >= 1 && std::isfinite(shape.div), "one_cycle.div", shape.div, "at least 1");
  curves::require(shape.div_final >= 1 && std::isfinite(shape.div_final), "one_cycle.div_final", shape.div_final,
                  "at least 1");
  curves::require_share(shape.pct_start, "one_cycle.pct_start");
  curves::require(shape.anneal == Anneal::cosine || shape.pct_start <= 0.5, "one_cycle.pct_start", shape.pct_start,
                  "at most 0.5 with a linear anneal, which goes down as long as up");
  curves::require_momentum(shape.momentum_high, "one_cycle.momentum_high");
  curves::require_momentum(shape.momentum_low, "one_cycle.momentum_low");
  curves::require_cycles(shape.cycles, "one_cycle.cycles");
  return shape.epochs;
}

Factor at(const OneCycle& shape, double position) {
  const double progress = curves::cycle_progress(position, epochs(shape), shape.cycles);
  const double peak = curves::corner(shape.pct_start, shape.steps);
  const double low = 1 / shape.div, final = 1 / shape.div_final, high_momentum = shape.momentum_high;
  if (shape.anneal == Anneal::cosine)
    return {.lr = cosine_cycle(low, 1, final, peak, progress),
            .momentum = cosine_cycle(high_momentum, shape.momentum_low, high_momentum, peak, progress)};
  const double ahead = curves::one_ahead(progress, shape.steps);
  const double lr = progress <= 2 * peak ? curves::line(low, 1, triangle(progress, peak))
                                         : curves::line(low, final, (progress - 2 * peak) / (1 - 2 * peak));
  return {.lr = lr, .momentum = curves::line(high_momentum, shape.momentum_low, triangle(ahead, peak))};
}

}  // namespace tenfold
