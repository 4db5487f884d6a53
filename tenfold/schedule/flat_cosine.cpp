#include "tenfold/schedule/flat_cosine.h"

#include "tenfold/schedule/check.h"

namespace tenfold {

double epochs(const FlatCosine& shape) {
  between(shape.pct_start, 0, 1, "flat_cosine.pct_start");
  positive(shape.div_final, "flat_cosine.div_final");
  return positive(shape.epochs, "flat_cosine.epochs");
}

Factor at(const FlatCosine& shape, double position) {
  const double progress = std::fmin(position / epochs(shape), 1);
  if (progress < shape.pct_start) return {};
  return {.lr = cosine_between(1, 1 / shape.div_final, (progress - shape.pct_start) / (1 - shape.pct_start))};
}

}  // namespace tenfold
