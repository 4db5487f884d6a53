#pragma once
// What EfficientNet and its Lite variants have in common: the stages of B0 and how a variant scales them. Tan & Le
// 2019, arXiv 1905.11946, table 1 and section 3.3.

#include <array>
#include <cstdint>

#include "tenfold/vision/backbones/inverted_residual.h"

namespace tenfold::vision {

/// A run of equal blocks, as in B0; the first block has the stride.
struct EfficientNetStage {
  int64_t repeats, kernel, stride, expansion, out;
};
inline constexpr std::array<EfficientNetStage, 7> kEfficientNetStages = {{{1, 3, 1, 1, 16},
                                                                          {2, 3, 2, 6, 24},
                                                                          {2, 5, 2, 6, 40},
                                                                          {3, 3, 2, 6, 80},
                                                                          {3, 5, 1, 6, 112},
                                                                          {4, 5, 2, 6, 192},
                                                                          {1, 3, 1, 6, 320}}};
/// The first layer group: a little more than half of the blocks' work, less of the parameters.
inline constexpr size_t kEfficientNetEarlyStages = 4;

/// In hundredths, as template arguments cannot be rounded the same everywhere.
struct EfficientNetScale {
  int64_t width, depth;
  int64_t scaled_width(int64_t channels) const { return rounded_width(static_cast<double>(channels * width) / 100); }
  int64_t scaled_repeats(int64_t repeats) const { return (repeats * depth + 99) / 100; }
};

}  // namespace tenfold::vision
