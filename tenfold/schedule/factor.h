#pragma once
// What a shape says about one position of a run.

#include <optional>

namespace tenfold {

/// `lr` multiplies every group's rate. `momentum` (Adam's beta1 where the optimiser has betas) is set only by the
/// shapes that schedule it.
struct Factor {
  double lr = 1;
  std::optional<double> momentum{};
};

}  // namespace tenfold
