#include "tenfold/schedule/constant.h"

#include "tenfold/schedule/check.h"

namespace tenfold {

double epochs(const Constant& shape) { return positive(shape.epochs, "constant.epochs"); }

Factor at(const Constant& shape, double) {
  epochs(shape);
  return {};
}

}  // namespace tenfold
