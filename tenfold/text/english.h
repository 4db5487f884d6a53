#pragma once
// Words as spaCy's blank English cuts them: exceptions (contractions, abbreviations, emoticons) first, then prefixes
// and suffixes from outside in, web addresses whole, infixes last. Our own scanner, made to give what spaCy 3.8 gives.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tenfold/text/vocab.h"

namespace tenfold::text {

class English {
 public:
  /// `specials` are kept whole wherever they stand as a word, like fastai's xxbos.
  explicit English(const std::vector<std::string>& specials);

  /// Appends the pieces of a word without white space, as views into it; together they are the word. Linear in its
  /// length.
  void split(std::string_view word, std::vector<std::string_view>& pieces) const;

  /// After its words are split, spaCy looks through a whole text for pieces that make up an exception, so that `x:)`
  /// ends in `:)`. A part is a piece that such an exception may hold; 0 is every other piece.
  using Part = uint16_t;
  Part part(std::string_view piece) const;

  /// An exception found over `count` pieces from `first` on.
  struct Found {
    size_t first = 0, count = 0;
    const std::vector<std::string>* pieces = nullptr;  ///< what stands for them, if they are one word
  };
  /// Exceptions in neighbouring pieces, from left to right and apart: the longest wins, then the first. `parts` has no
  /// 0.
  void find(std::span<const Part> parts, std::vector<Found>& found) const;

 private:
  const std::vector<uint8_t>* exception(std::string_view word) const;
  void split_affixes(std::string_view word, bool with_exceptions, std::vector<std::string_view>& pieces) const;
  void add_phrase(const std::string& text, const std::vector<uint8_t>& lengths);

  std::unordered_map<std::string_view, std::vector<uint8_t>> exceptions_;  ///< by their text: bytes of each piece
  std::vector<std::string> texts_;                                         ///< what the views above look at
  size_t longest_ = 0;                                                     ///< bytes of the longest exception
  std::unordered_map<std::string, Part, TextHash, std::equal_to<>> parts_;
  /// By their parts, and by those of their beginnings, where there are no pieces.
  std::unordered_map<std::u16string, std::vector<std::string>> phrases_;
};

}  // namespace tenfold::text
