#pragma once
// Compares what a shape says at many positions with a list of reference numbers.

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

#include "tenfold/schedule/shape.h"

namespace tenfold {

/// Rates at `positions` (epochs); the references have six digits.
inline void expect_rates(const Shape& shape, const std::vector<double>& positions,
                         const std::vector<double>& expected) {
  ASSERT_EQ(positions.size(), expected.size());
  for (size_t i = 0; i < positions.size(); ++i)
    EXPECT_NEAR(at(shape, positions[i]).lr, expected[i], 1e-9 + 6e-6 * expected[i]) << "at position " << positions[i];
}

inline void expect_momenta(const Shape& shape, const std::vector<double>& positions,
                           const std::vector<double>& expected) {
  ASSERT_EQ(positions.size(), expected.size());
  for (size_t i = 0; i < positions.size(); ++i)
    EXPECT_NEAR(at(shape, positions[i]).momentum.value(), expected[i], 1e-6) << "at position " << positions[i];
}

/// Steps as positions.
inline std::vector<double> steps(std::initializer_list<int> numbers, double per_epoch) {
  std::vector<double> positions;
  for (const int number : numbers) positions.push_back(number / per_epoch);
  return positions;
}

template <class One>
std::string refused_option(const One& shape) {
  try {
    epochs(shape);
  } catch (const ConfigError& error) {
    return error.option;
  }
  return "accepted";
}

}  // namespace tenfold
