#pragma once
// The words that an encoder has cut, with what became of them. Bounded: texts that never repeat a word cannot fill
// memory.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/english.h"

namespace tenfold::text {

class WordCache {
 public:
  /// Ids of a word's pieces. `parts` is empty where none of them is part of an exception, else one for each id.
  struct Pieces {
    std::span<const int32_t> ids;
    std::span<const English::Part> parts;
  };

  WordCache();
  /// Null where the word is not here. Good until the next add().
  const Pieces* find(std::string_view word);
  /// Forgets all others first where it is full. The word is not here yet.
  void add(std::string_view word, std::span<const int32_t> ids, std::span<const English::Part> parts);

 private:
  struct Word {
    uint64_t hash = 0;
    uint32_t text = 0, length = 0;  ///< in texts_
    uint32_t ids = 0, parts = 0;    ///< where they begin
    uint16_t id_count = 0, part_count = 0;
  };
  size_t place(uint64_t hash, std::string_view word) const;
  void clear();

  std::vector<uint32_t> places_;  ///< open addressing: a word's number + 1, 0 is free
  std::vector<Word> words_;
  std::string texts_;
  std::vector<int32_t> ids_;
  std::vector<English::Part> parts_;
  Pieces found_;
};

}  // namespace tenfold::text
