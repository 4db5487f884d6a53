#include "tenfold/schedule/constant.h"

#include "tenfold/schedule/curves.h"

namespace tenfold {

double epochs(const Constant& shape) {
  curves::require_positive(shape.epochs, "constant.epochs", " epochs");
  return shape.epochs;
}

Factor at(const Constant&, double) { return {.lr = 1}; }

}  // namespace tenfold
