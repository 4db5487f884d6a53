#include "tenfold/schedule/range.h"

#include "tenfold/schedule/curves.h"

namespace tenfold {

double epochs(const Range& shape) {
  curves::require_positive(shape.epochs, "range.epochs", " epochs");
  curves::require_positive(shape.start, "range.start");
  curves::require_positive(shape.end, "range.end");
  return shape.epochs;
}

Factor at(const Range& shape, double position) {
  return {.lr = shape.start * std::pow(shape.end / shape.start, curves::progress(position, epochs(shape)))};
}

}  // namespace tenfold
