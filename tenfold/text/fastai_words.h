#pragma once
// fastai's rules that depend on a word alone: where words end, what tells of their capitals, and what is left between
// them.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tenfold/text/eight_bytes.h"
#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {

/// What a byte is to somebody who looks for the end of a word.
enum class WordByte : uint8_t { inside, space, alone, perhaps_space };
inline constexpr auto word_bytes = [] {
  std::array<WordByte, 256> kinds{};
  for (const unsigned char c : {9, 10, 11, 12, 13, 28, 29, 30, 31, 32}) kinds[c] = WordByte::space;
  for (const unsigned char c : {'/', '#', '\\'}) kinds[c] = WordByte::alone;
  for (const unsigned char c : {0xC2, 0xE1, 0xE2, 0xE3})
    kinds[c] = WordByte::perhaps_space;  // where those of Unicode begin
  return kinds;
}();
inline WordByte kind_of(char byte) { return word_bytes[static_cast<unsigned char>(byte)]; }

/// Bytes of the white space that begins at `at`, 0 where there is none.
inline size_t space_length(std::string_view text, size_t at) {
  if (kind_of(text[at]) == WordByte::space) return 1;
  if (kind_of(text[at]) != WordByte::perhaps_space) return 0;
  size_t behind = at;
  return has(next_character(text, behind), space) ? behind - at : 0;
}

/// Behind the word that begins at `at`.
inline size_t word_end(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    while (at + 8 <= text.size()) {
      const uint64_t bytes = eight::load(text.data() + at);
      const uint64_t ends = eight::below(bytes, ' ' + 1) | eight::not_ascii(bytes) | eight::equal(bytes, '/') |
                            eight::equal(bytes, '#') | eight::equal(bytes, '\\');
      at += ends == 0 ? 8 : eight::first(ends);
      if (ends != 0) break;
    }
    if (at == text.size()) break;
    if (kind_of(text[at]) == WordByte::inside) continue;
    if (kind_of(text[at]) != WordByte::perhaps_space || space_length(text, at) > 0) break;
  }
  return at;
}

inline bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_small(char c) { return c >= 'a' && c <= 'z'; }

/// The token that tells of a word's capitals, empty where there is nothing to tell: none at its front, one letter
/// alone, or mixed ones.
inline std::string_view capitals_marker(std::string_view word) {
  size_t first = 0;
  if (!is_capital(word[0]) || (next_character(word, first), first == word.size())) return {};
  if (std::none_of(word.begin(), word.end(), is_small)) return "xxup";
  return std::none_of(word.begin() + 1, word.end(), is_capital) ? "xxmaj" : std::string_view();
}

/// Calls word(view) for each word and gap(view) for white space between two that is more than the one space which
/// separates them: `/`, `#` and `\` are words that stand alone, runs of spaces are one, and white space at both ends
/// falls. `buffer` is what gaps are made in.
template <class Word, class Gap>
void each_word(std::string_view text, std::string& buffer, const Word& word, const Gap& gap) {
  bool first = true;
  buffer.clear();
  for (size_t at = 0; at < text.size();) {
    if (const size_t length = space_length(text, at); length > 0) {
      if (text[at] != ' ' || !buffer.ends_with(' ')) buffer.append(text.substr(at, length));
      at += length;
      continue;
    }
    const bool alone = kind_of(text[at]) == WordByte::alone;
    if (alone && !buffer.ends_with(' ')) buffer.push_back(' ');
    if (!first) {
      const std::string_view more = std::string_view(buffer).substr(buffer.starts_with(' '));
      if (!more.empty()) gap(more);
    }
    const size_t end = alone ? at + 1 : word_end(text, at);
    word(text.substr(at, end - at));
    buffer.assign(alone ? " " : "");
    first = false;
    at = end;
  }
}

}  // namespace tenfold::text
