#include "tenfold/train/calibration.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold {

Calibration calibration(const std::vector<double>& probability, const std::vector<bool>& happened, int bins) {
  if (probability.size() != happened.size())
    throw Error("calibration: " + std::to_string(probability.size()) + " probabilities, but " +
                std::to_string(happened.size()) + " outcomes; give one outcome a probability");
  if (bins < 1) throw Error("calibration: " + std::to_string(bins) + " bins; at least 1 is needed");
  std::vector<CalibrationBin> all(static_cast<size_t>(bins));
  int64_t items = 0;
  for (size_t k = 0; k < probability.size(); ++k) {
    if (!std::isfinite(probability[k])) continue;
    const double place = std::clamp(std::floor(probability[k] * bins), 0.0, static_cast<double>(bins - 1));
    auto& bin = all[static_cast<size_t>(place)];
    bin.probability += probability[k];
    bin.observed += happened[k];
    ++bin.items;
    ++items;
  }
  Calibration out;
  for (auto& bin : all) {
    if (bin.items == 0) continue;
    const auto count = static_cast<double>(bin.items);
    bin.probability /= count;
    bin.observed /= count;
    const double error = std::abs(bin.observed - bin.probability);
    out.expected_error += error * count / static_cast<double>(items);
    out.largest_error = std::max(out.largest_error, error);
    out.bins.push_back(bin);
  }
  return out;
}

}  // namespace tenfold
