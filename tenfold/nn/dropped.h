#pragma once
// What one call of a dropout leaves out, for layers that have theirs inside a kernel.

#include <cmath>
#include <cstdint>

#include "tenfold/core/random.h"
#include "tenfold/nn/kernels/drops.h"

namespace tenfold::nn {

struct Dropped {
  double share = 0;  ///< 0 <= share < 1
  uint64_t key = 0, call = 0;
};

/// `part` tells apart what shares a call: heads.
inline Drops drops_of(const Dropped& dropped, uint32_t part = 0) {
  if (dropped.share == 0) return {};
  const auto random =
      philox4x32({part, 0, static_cast<uint32_t>(dropped.call), static_cast<uint32_t>(dropped.call >> 32)},
                 {static_cast<uint32_t>(dropped.key), static_cast<uint32_t>(dropped.key >> 32)});
  return {.below = static_cast<uint32_t>(std::ldexp(dropped.share, 32)),
          .kept = static_cast<float>(1 / (1 - dropped.share)),
          .words = {random[0], random[1]}};
}

}  // namespace tenfold::nn
