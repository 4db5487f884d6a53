#include "tenfold/schedule/slanted_triangular.h"

#include "tenfold/schedule/check.h"

namespace tenfold {

double epochs(const SlantedTriangular& shape) {
  between(shape.cut, 0, 1, "slanted_triangular.cut");
  if (!(shape.ratio >= 1)) throw ConfigError("slanted_triangular.ratio", "is " + std::to_string(shape.ratio) + "; needs at least 1");
  return positive(shape.epochs, "slanted_triangular.epochs");
}

Factor at(const SlantedTriangular& shape, double position) {
  const double t = std::fmin(position / epochs(shape), 1);
  const double p = t < shape.cut ? t / shape.cut : 1 - (t - shape.cut) / (1 - shape.cut);
  return {.lr = (1 + p * (shape.ratio - 1)) / shape.ratio};
}

}  // namespace tenfold
