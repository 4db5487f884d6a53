#pragma once
// Checks that the shapes share.

#include <cmath>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold {

/// `value` where it is above 0 and finite, else ConfigError(option, …).
inline double positive(double value, const char* option) {
  if (!(value > 0) || std::isinf(value)) throw ConfigError(option, "is " + std::to_string(value) + "; needs more than 0");
  return value;
}

/// `value` where low < value < high, else ConfigError.
inline double between(double value, double low, double high, const char* option) {
  if (!(value > low && value < high))
    throw ConfigError(option, "is " + std::to_string(value) + "; needs more than " + std::to_string(low) + " and less than " + std::to_string(high));
  return value;
}

/// From a to b along half a cosine, progress in [0, 1].
inline double cosine_between(double a, double b, double progress) {
  return a + (b - a) * 0.5 * (1 - std::cos(3.14159265358979323846 * progress));
}

}  // namespace tenfold
