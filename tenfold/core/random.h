#pragma once
// Counter-based random numbers: what is drawn depends on (seed, epoch, sample, purpose) and on nothing else, so any
// number of workers in any order draws the same.
// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011: Philox4x32-10.

#include <array>
#include <cstdint>
#include <vector>

namespace tenfold {

/// One block of Philox4x32-10: 128 bits from a 128-bit counter and a 64-bit key.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// What a stream is for; streams of different purposes never meet. Values are part of what a seed means: append only.
enum class Purpose : uint32_t {
  split = 1,
  order = 2,
  item_transform = 3,
  batch_transform = 4,
  initialisation = 5,
  dropout = 6,
  mix = 7,
  tta = 8,
  other = 9,
  policy = 10,      ///< which pixel operations
  erase = 11,       ///< rectangles that are erased, and their noise
  oversample = 12,  ///< which items of a rare class come once more
};

/// A stream of random numbers keyed by (seed, epoch, sample, purpose). Cheap to make and to copy; a copy repeats it.
class Draw {
 public:
  /// epoch < 2^32 and sample < 2^48, so that different streams never share a block; throws Error beyond.
  Draw(uint64_t seed, uint64_t epoch, uint64_t sample, Purpose purpose);

  uint32_t bits();
  uint64_t bits64();
  /// In [0, 1), 53 bits.
  double uniform();
  double uniform(double low, double high);
  bool chance(double probability);
  /// In [0, n), without bias. n >= 1.
  int64_t below(int64_t n);
  /// Mean 0, deviation 1 (Box–Muller, so the same on every platform with IEEE log and cos).
  double normal();
  /// Beta(a, b), a, b > 0 (two Gamma draws, Marsaglia & Tsang 2000).
  double beta(double a, double b);
  /// The same (seed, epoch, sample) for another purpose, from its start.
  Draw other(Purpose purpose) const;

  uint64_t seed() const { return seed_; }
  uint64_t epoch() const { return epoch_; }
  uint64_t sample() const { return sample_; }

 private:
  double gamma(double shape);
  uint64_t seed_, epoch_, sample_;
  Purpose purpose_;
  std::array<uint32_t, 4> block_{};
  uint32_t block_index_ = 0;
  int used_ = 4;
};

/// A permutation of 0..n-1 by Fisher–Yates.
std::vector<int64_t> permutation(int64_t n, Draw draw);

}  // namespace tenfold
