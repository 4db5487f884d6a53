#pragma once
// What the tokenisers ask about a character. The tables are our own (tools/make_text_tables.py, from Python's Unicode
// 14 and spaCy's character classes), so that tokens stay the same whatever Unicode library a system has.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace tenfold::text {

/// Bits of a character. From `alpha` to `after_digit` they are spaCy's classes for English.
enum Property : uint32_t {
  space = 1u << 0,           ///< Python's str.isspace(), and \s of its regular expressions
  word = 1u << 1,            ///< \w: letters and numbers of any script, and _
  decimal = 1u << 2,         ///< \d
  other = 1u << 3,           ///< category C: control, format, private, unassigned
  mark = 1u << 4,            ///< category Mn, accents among them
  punctuation = 1u << 5,     ///< category P
  cased = 1u << 6,           ///< a letter with case, for the final sigma
  ignorable = 1u << 7,       ///< skipped when looking for one
  alpha = 1u << 8,           ///< a letter
  alpha_lower = 1u << 9,     ///< a small letter, or one without case
  alpha_upper = 1u << 10,    ///< a capital letter, or one without case
  prefix = 1u << 11,         ///< split off at the front
  suffix = 1u << 12,         ///< split off at the end
  infix = 1u << 13,          ///< splits inside: symbols and the ellipsis
  before_period = 1u << 14,  ///< a period behind it is split off
  quote = 1u << 15,
  after_digit = 1u << 16,  ///< split off at the end behind 0-9: currency, one-letter units, +
  number = 1u << 17,       ///< category N
};

/// Those of ASCII, and of any character from 0x80 on.
extern const std::array<uint32_t, 0x80> ascii_properties;
uint32_t properties_beyond_ascii(char32_t character);

/// All bits of a character; those of U+10FFFF for what is beyond.
inline uint32_t properties(char32_t character) {
  return character < 0x80 ? ascii_properties[character] : properties_beyond_ascii(character);
}
inline bool has(char32_t character, uint32_t any_of) { return (properties(character) & any_of) != 0; }

/// Appends lower case as Python's str.lower() gives it: full mapping, the sigma that ends a word by its neighbours in
/// `text`. Valid UTF-8.
void append_lower(std::string_view text, std::string& to);

/// Appends `text` decomposed (NFD) without nonspacing marks: letters without their accents, Hangul as its parts.
void append_base(std::string_view text, std::string& to);

/// A CJK ideograph as BERT means it: the eight blocks of its published tokeniser, neither kana nor Hangul.
bool is_ideograph(char32_t character);

}  // namespace tenfold::text
