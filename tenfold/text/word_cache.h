#pragma once
// The words that an encoder has cut, with what became of them. Bounded: texts that never repeat a word cannot fill
// memory. A word of everyday length is one line of the processor's cache, bytes, ids and all.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/english.h"

namespace tenfold::text {

/// A word of at most `longest` bytes and its length, as two numbers: equal where the words are.
struct WordKey {
  static constexpr size_t longest = 15;
  uint64_t low = 0, high = 0;
  bool operator==(const WordKey& other) const { return low == other.low && high == other.high; }

  /// 1 to `longest` bytes, of which sixteen may be read where `readable` says that so many are there.
  static WordKey of(std::string_view word, size_t readable) {
    WordKey key;
    if constexpr (std::endian::native == std::endian::little) {
      if (readable >= 16) {
        std::memcpy(&key, word.data(), 16);
        const size_t low_bits = word.size() < 8 ? word.size() * 8 : 64, high_bits = word.size() * 8 - low_bits;
        key.low &= ~uint64_t{0} >> (64 - low_bits);
        key.high &= (uint64_t{1} << high_bits) - 1;
        key.high |= static_cast<uint64_t>(word.size()) << 56;
        return key;
      }
    }
    std::array<char, 16> bytes{};
    std::memcpy(bytes.data(), word.data(), word.size());
    bytes[15] = static_cast<char>(word.size());
    std::memcpy(&key, bytes.data(), 16);
    return key;
  }
  uint64_t hash() const {
    const uint64_t mixed = (low ^ std::rotl(high, 29)) * 0x9E3779B97F4A7C15u;
    return (mixed ^ mixed >> 32) * 0xD6E8FEB86659FD93u >> 20;
  }
};

class WordCache {
 public:
  /// Ids of a word's pieces. `parts` is empty where none of them is part of an exception, else one for each id.
  struct Pieces {
    std::span<const int32_t> ids;
    std::span<const English::Part> parts;
  };

  /// A short word of few pieces.
  struct Short {
    static constexpr size_t most_pieces = 3;
    WordKey key;
    std::array<int32_t, most_pieces> ids{};
    std::array<uint8_t, most_pieces> parts{};  ///< of an exception: all 0 in most words
    uint8_t count : 2 = 0;
    uint8_t has_parts : 1 = 0;
    uint8_t used : 1 = 0;  ///< since its neighbour last wanted the place
  };
  static_assert(sizeof(Short) == 32);

  WordCache();
  /// Null where the word is not here as such. Good until the next add().
  const Short* find(const WordKey& key) {
    auto& pair = shorts_[key.hash() & (shorts_.size() - 1)];
    for (Short& one : pair)
      if (one.key == key) {
        one.used = 1;
        return &one;
      }
    return nullptr;
  }
  /// Of all others. Null where the word is not here. Good until the next add().
  const Pieces* find(std::string_view word);
  /// The word is not here yet. Where it is full, others are forgotten.
  void add(std::string_view word, std::span<const int32_t> ids, std::span<const English::Part> parts);

 private:
  struct Word {
    uint64_t hash = 0;
    uint32_t text = 0, length = 0;  ///< in texts_
    uint32_t ids = 0, parts = 0;    ///< where they begin
    uint16_t id_count = 0, part_count = 0;
  };
  using Pair = std::array<Short, 2>;
  void add_short(const Short& word);
  void grow_shorts();
  size_t place(uint64_t hash, std::string_view word) const;
  void clear();

  std::vector<Pair> shorts_;  ///< a power of two of them
  size_t short_count_ = 0;
  std::vector<uint32_t> places_;  ///< open addressing: a word's number + 1, 0 is free
  std::vector<Word> words_;
  std::string texts_;
  std::vector<int32_t> ids_;
  std::vector<English::Part> parts_;
  Pieces found_;
};

}  // namespace tenfold::text
