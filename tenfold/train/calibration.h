#pragma once
// Whether probabilities mean what they say: of the items given seven in ten, do seven in ten happen? Torch-free.
// Guo et al., "On calibration of modern neural networks", ICML 2017.

#include <cstdint>
#include <vector>

namespace tenfold {

/// The items of one bin of probabilities.
struct CalibrationBin {
  double probability = 0;  ///< mean of what they were given
  double observed = 0;     ///< share of them that happened
  int64_t items = 0;
};

struct Calibration {
  std::vector<CalibrationBin> bins;  ///< ascending, without empty ones
  double expected_error = 0;         ///< mean over items of |observed - probability| of their bin
  double largest_error = 0;          ///< of a bin
};

/// `bins` of equal width over [0, 1]. For two classes or a label: the probability of it, and whether it is. For more
/// classes: the probability of the class predicted, and whether that is right. Both as long; probabilities that are no
/// number are passed over. Throws Error where the lengths differ or bins < 1.
Calibration calibration(const std::vector<double>& probability, const std::vector<bool>& happened, int bins = 15);

}  // namespace tenfold
