#pragma once
// The few curves that shapes are put together from, and the checks they share. Internal to this room.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"

namespace tenfold::curves {

/// Half a cosine from `from` at progress 0 to `to` at progress 1.
inline double cosine(double from, double to, double progress) {
  return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

inline double line(double from, double to, double progress) { return from + (to - from) * progress; }

/// Share of the run that has passed at `position` epochs, within [0, 1].
inline double progress(double position, double epochs) { return std::clamp(position / epochs, 0.0, 1.0); }

/// Share of its cycle that has passed, where a run has `cycles` equal ones. A position on a border begins the next
/// cycle: a step there may miss it by a rounding, and would then get the end of the one before. Steps are farther apart
/// than this hair by far.
inline double cycle_progress(double position, double epochs, int cycles) {
  const double passed = progress(position, epochs) * cycles;
  return std::max(0.0, passed - std::min(std::floor(passed + 1e-9), cycles - 1.0));
}

/// The share of a run at which a curve turns: as it is, or on the last whole step before it where `steps` says how many
/// steps the run has (fastai 0.7 counts in batches). The hair added keeps 0.29 of 100 at 29.
inline double corner(double share, int64_t steps) {
  return steps > 0 ? std::floor(share * static_cast<double>(steps) + 1e-9) / static_cast<double>(steps) : share;
}

/// fastai 0.7 advances its counter between setting the rate and setting the momentum, so the momentum is that of the
/// next step.
inline double one_ahead(double progress, int64_t steps) {
  return steps > 0 ? std::min(progress + 1 / static_cast<double>(steps), 1.0) : progress;
}

inline void require(bool fits, const std::string& option, double value, const std::string& needs) {
  if (!fits) throw ConfigError(option, "is " + shortest(value) + "; needs " + needs);
}

/// Throws ConfigError unless 0 < value < infinity.
inline void require_positive(double value, const std::string& option, const std::string& unit = "") {
  require(value > 0 && std::isfinite(value), option, value, "more than 0" + unit);
}

inline void require_cycles(int value, const std::string& option) {
  if (value < 1) throw ConfigError(option, "is " + std::to_string(value) + "; needs at least 1");
}

inline void require_share(double value, const std::string& option) {
  require(value > 0 && value < 1, option, value, "a share of the run between 0 and 1");
}

inline void require_momentum(double value, const std::string& option) {
  require(value >= 0 && value < 1, option, value, "0 or more and less than 1");
}

}  // namespace tenfold::curves
