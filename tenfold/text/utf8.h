#pragma once
// UTF-8, read and repaired. Tokenisers work on valid UTF-8 only; what is not is replaced, counted, and told.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenfold::text {

/// `text` itself where it is valid UTF-8; else a copy in `scratch` with each wrong sequence replaced by U+FFFD (one for
/// each maximal part of a character, as the Unicode Standard 3.9 recommends and Python's "replace" does), and
/// `replaced` grown by their number. NUL bytes are characters like others.
std::string_view valid_utf8(std::string_view text, std::string& scratch, int64_t& replaced);

/// The character at `at` of valid UTF-8, `at` moved behind it.
inline char32_t next_character(std::string_view text, size_t& at) {
  const auto byte = [&](size_t k) { return static_cast<char32_t>(static_cast<unsigned char>(text[at + k])); };
  const char32_t first = byte(0);
  if (first < 0x80) {
    at += 1;
    return first;
  }
  char32_t c;
  if (first < 0xE0) {
    c = (first & 0x1F) << 6 | (byte(1) & 0x3F);
    at += 2;
  } else if (first < 0xF0) {
    c = (first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    at += 3;
  } else {
    c = (first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
    at += 4;
  }
  return c;
}

/// The character that ends before `at` of valid UTF-8, `at` moved to its start. at > 0.
inline char32_t previous_character(std::string_view text, size_t& at) {
  do --at;
  while ((static_cast<unsigned char>(text[at]) & 0xC0) == 0x80);
  size_t from = at;
  return next_character(text, from);
}

/// Appends the character's bytes. A surrogate or a number past U+10FFFF appends U+FFFD.
void append_character(char32_t character, std::string& to);

/// Whether all bytes are below 0x80.
bool is_ascii(std::string_view text);

}  // namespace tenfold::text
