#include "tenfold/schedule/cosine.h"

#include "tenfold/schedule/curves.h"

namespace tenfold {

double epochs(const Cosine& shape) {
  curves::require_positive(shape.epochs, "cosine.epochs", " epochs");
  curves::require(shape.floor >= 0 && shape.floor <= 1, "cosine.floor", shape.floor, "0 to 1");
  return shape.epochs;
}

Factor at(const Cosine& shape, double position) {
  return {.lr = curves::cosine(1, shape.floor, curves::progress(position, epochs(shape)))};
}

}  // namespace tenfold
