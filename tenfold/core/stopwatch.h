#pragma once
// Wall time since a moment, for bounds of time and for records of what a thing took.

#include <chrono>

namespace tenfold {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

}  // namespace tenfold
