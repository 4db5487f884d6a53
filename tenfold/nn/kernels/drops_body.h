#pragma once
// Rows of dropout masks. Included by the kernel files only.

#include "tenfold/nn/kernels/drops.h"
#include "tenfold/nn/kernels/lanes.h"

namespace tenfold::nn {
namespace {

/// Bits that look random, from bits that differ little: two multiplications between shifts (Wellons, "hash prospector",
/// 2018).
template <class Bits>
inline Bits mixed(Bits x) {
  x ^= x >> 16;
  x *= 0x7feb352du;
  x ^= x >> 15;
  x *= 0x846ca68bu;
  x ^= x >> 16;
  return x;
}

inline Words first_words() {
  Words words;
  for (int64_t lane = 0; lane < vector_width; ++lane) words[lane] = static_cast<uint32_t>(lane);
  return words;
}

/// What the elements of a row are multiplied by: 0, or what makes up for those left out.
class KeepRow {
 public:
  KeepRow(const Drops& drops, int64_t row)
      : base_(mixed(static_cast<uint32_t>(row) ^ drops.words[0])),
        word_(drops.words[1]),
        below_(drops.below),
        kept_(drops.kept) {}
  Floats at(int64_t column) const {
    const Words places = first_words() + static_cast<uint32_t>(column);
    const Words random = mixed((places * 0x9e3779b9u + base_) ^ word_);
    const Words below = Words{} + below_;
    return random < below ? Floats{} : Floats{} + kept_;
  }

 private:
  uint32_t base_, word_, below_;
  float kept_;
};

inline float sum_of(Floats v) {
  float sum = 0;
  for (int64_t lane = 0; lane < vector_width; ++lane) sum += v[lane];
  return sum;
}

}  // namespace
}  // namespace tenfold::nn
