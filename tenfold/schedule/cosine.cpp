#include "tenfold/schedule/cosine.h"

#include "tenfold/schedule/check.h"

namespace tenfold {

double epochs(const Cosine& shape) {
  if (!(shape.floor >= 0 && shape.floor <= 1)) throw ConfigError("cosine.floor", "is " + std::to_string(shape.floor) + "; needs 0 to 1");
  return positive(shape.epochs, "cosine.epochs");
}

Factor at(const Cosine& shape, double position) {
  return {.lr = cosine_between(1, shape.floor, std::fmin(position / epochs(shape), 1))};
}

}  // namespace tenfold
