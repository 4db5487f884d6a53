#pragma once
// Words as byte-level BPE has them: letters, numbers or other signs in a row with the space before them, English
// endings ('s, 't, …) apart, the rest of white space by itself.

#include <string_view>

#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {

enum class ByteClass { letters, numbers, signs, white };
inline ByteClass byte_class(char32_t c) {
  const uint32_t bits = properties(c);
  if ((bits & space) != 0 && (c < 0x1C || c > 0x1F)) return ByteClass::white;  // Python's four are none to others
  if (bits & number) return ByteClass::numbers;
  return (bits & word) != 0 && c != '_' ? ByteClass::letters : ByteClass::signs;
}

/// Bytes of an English ending at the front, 0 where there is none.
inline size_t ending_length(std::string_view text) {
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"})
    if (text.starts_with(ending)) return ending.size();
  return 0;
}

/// Calls take(view) for each word of valid UTF-8; together they are the text.
template <class Take>
void for_byte_words(std::string_view text, const Take& take) {
  const auto run = [&](size_t at, ByteClass wanted) {
    while (at < text.size()) {
      size_t next = at;
      if (byte_class(next_character(text, next)) != wanted) break;
      at = next;
    }
    return at;
  };
  for (size_t at = 0; at < text.size();) {
    size_t end = at + ending_length(text.substr(at));
    if (end == at) {
      size_t body = at;
      ByteClass kind = byte_class(next_character(text, body));
      if (text[at] == ' ' && body < text.size()) {
        size_t behind = body;
        kind = byte_class(next_character(text, behind));
      }
      if (kind != ByteClass::white) {
        end = run(text[at] == ' ' ? at + 1 : at, kind);
      } else {
        end = run(at, kind);
        // The last one goes with the word behind, if there is one and it is not all there is.
        if (end < text.size()) {
          size_t last = end;
          previous_character(text, last);
          if (last > at) end = last;
        }
      }
    }
    take(text.substr(at, end - at));
    at = end;
  }
}

}  // namespace tenfold::text
