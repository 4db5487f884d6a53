#include "tenfold/schedule/flat_cosine.h"

#include "tenfold/schedule/curves.h"

namespace tenfold {

double epochs(const FlatCosine& shape) {
  curves::require_positive(shape.epochs, "flat_cosine.epochs", " epochs");
  curves::require(shape.pct_start >= 0 && shape.pct_start < 1, "flat_cosine.pct_start", shape.pct_start,
                  "a share of the run, 0 or more and less than 1");
  curves::require(shape.div_final >= 1 && std::isfinite(shape.div_final), "flat_cosine.div_final", shape.div_final,
                  "at least 1");
  return shape.epochs;
}

Factor at(const FlatCosine& shape, double position) {
  const double progress = curves::progress(position, epochs(shape));
  if (progress <= shape.pct_start) return {.lr = 1};
  return {.lr = curves::cosine(1, 1 / shape.div_final, (progress - shape.pct_start) / (1 - shape.pct_start))};
}

}  // namespace tenfold
