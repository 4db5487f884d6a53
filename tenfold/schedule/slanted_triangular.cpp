#include "tenfold/schedule/slanted_triangular.h"

#include "tenfold/schedule/curves.h"

namespace tenfold {
namespace {

double triangle(double progress, double cut) {
  return progress < cut ? progress / cut : 1 - (progress - cut) / (1 - cut);
}

}  // namespace

double epochs(const SlantedTriangular& shape) {
  curves::require_positive(shape.epochs, "slanted_triangular.epochs", " epochs");
  curves::require_share(shape.cut, "slanted_triangular.cut");
  curves::require(shape.ratio >= 1 && std::isfinite(shape.ratio), "slanted_triangular.ratio", shape.ratio,
                  "at least 1");
  curves::require_cycles(shape.cycles, "slanted_triangular.cycles");
  if (shape.momentum_high.has_value() != shape.momentum_low.has_value())
    throw ConfigError(shape.momentum_high ? "slanted_triangular.momentum_low" : "slanted_triangular.momentum_high",
                      "is missing while the other one is set; give both or neither");
  if (shape.momentum_high) curves::require_momentum(*shape.momentum_high, "slanted_triangular.momentum_high");
  if (shape.momentum_low) curves::require_momentum(*shape.momentum_low, "slanted_triangular.momentum_low");
  return shape.epochs;
}

Factor at(const SlantedTriangular& shape, double position) {
  const double progress = curves::cycle_progress(position, epochs(shape), shape.cycles);
  const double cut = curves::corner(shape.cut, shape.steps);
  Factor factor{.lr = curves::line(1 / shape.ratio, 1, triangle(progress, cut))};
  if (shape.momentum_high && shape.momentum_low)
    factor.momentum = curves::line(*shape.momentum_high, *shape.momentum_low,
                                   triangle(curves::one_ahead(progress, shape.steps), cut));
  return factor;
}

}  // namespace tenfold
