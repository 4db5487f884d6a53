#pragma once
// The merges of byte-pair encoding in their order, applied to the pieces of a word. Time grows as n log n with its
// pieces, so that a word of megabytes is no trap.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

namespace tenfold::text {

/// A part of a word: its number (`none` merges with nothing) and how many bytes it covers.
struct BpePiece {
  static constexpr int32_t none = -1;
  int32_t symbol = none;
  size_t bytes = 0;
};

class BpeRanks {
 public:
  /// The next merge: of those added before, earlier ones come first. A pair that is known keeps its place.
  void add(int32_t left, int32_t right, int32_t into);
  /// Merges neighbours, the earliest merge first, of equals the leftmost, until none is left to merge.
  void merge(std::vector<BpePiece>& pieces) const;

 private:
  struct Rank {
    int32_t order = std::numeric_limits<int32_t>::max();
    int32_t into = BpePiece::none;
  };
  Rank rank(int32_t left, int32_t right) const;
  void merge_few(std::vector<BpePiece>& pieces) const;
  void merge_many(std::vector<BpePiece>& pieces) const;
  std::unordered_map<uint64_t, Rank> ranks_;
};

}  // namespace tenfold::text
