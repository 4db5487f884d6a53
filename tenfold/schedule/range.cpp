#include "tenfold/schedule/range.h"

#include "tenfold/schedule/check.h"

namespace tenfold {

double epochs(const Range& shape) {
  positive(shape.start, "range.start");
  positive(shape.end, "range.end");
  return positive(shape.epochs, "range.epochs");
}

Factor at(const Range& shape, double position) {
  return {.lr = shape.start * std::pow(shape.end / shape.start, std::fmin(position / epochs(shape), 1))};
}

}  // namespace tenfold
