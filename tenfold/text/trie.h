#pragma once
// The longest of many strings that a text begins with, in one walk over its bytes.

#include <cstdint>
#include <string_view>
#include <vector>

namespace tenfold::text {

/// Strings with numbers, by their bytes. Filled once, then read by any number of threads.
class Trie {
 public:
  Trie();
  /// `value` >= 0. A string given again takes the new value.
  void add(std::string_view text, int32_t value);

  struct Match {
    size_t length = 0;  ///< bytes; 0 where nothing matches (the empty string never does)
    int32_t value = -1;
  };
  /// The longest string that `text` begins with.
  Match longest(std::string_view text) const;

 private:
  struct Edge {
    uint64_t key = 0;  ///< (node + 1) << 8 | byte; 0 is a free place
    int32_t node = 0;
  };
  size_t place(uint64_t key) const;
  void grow();

  std::vector<int32_t> values_;  ///< of each node, -1 where no string ends
  std::vector<Edge> edges_;      ///< open addressing, a power of two of them, at most half full
  size_t used_ = 0;
};

}  // namespace tenfold::text
