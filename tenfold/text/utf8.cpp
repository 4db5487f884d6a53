#include "tenfold/text/utf8.h"

#include <cstring>

#include "tenfold/core/utf8.h"

namespace tenfold::text {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr uint64_t high_bits = 0x8080808080808080u;

uint64_t eight_bytes(const char* at) {
  uint64_t bytes;
  std::memcpy(&bytes, at, 8);
  return bytes;
}

/// Length of the well-formed character at `at` (Unicode Standard, table 3-7). Where there is none: minus the length of
/// the maximal part of one, at least 1.
int character_length(std::string_view text, size_t at) {
  const auto byte = [&](size_t k) { return at + k < text.size() ? static_cast<unsigned char>(text[at + k]) : 0u; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return -1;
  const int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  // The second byte's bounds leave out long forms, surrogates and numbers past U+10FFFF.
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return -1;
  for (int k = 2; k < length; ++k)
    if ((byte(static_cast<size_t>(k)) & 0xC0) != 0x80) return -k;
  return length;
}

/// Where the first wrong sequence begins; text.size() where there is none.
size_t first_wrong(std::string_view text, size_t at) {
  while (at < text.size()) {
    while (at + 8 <= text.size() && (eight_bytes(text.data() + at) & high_bits) == 0) at += 8;
    if (at == text.size()) break;
    const int length = character_length(text, at);
    if (length < 0) return at;
    at += static_cast<size_t>(length);
  }
  return at;
}

}  // namespace

std::string_view valid_utf8(std::string_view text, std::string& scratch, int64_t& replaced) {
  size_t wrong = first_wrong(text, 0);
  if (wrong == text.size()) return text;
  scratch.clear();
  size_t from = 0;
  while (wrong < text.size()) {
    scratch.append(text.substr(from, wrong - from)).append(replacement);
    ++replaced;
    from = wrong + static_cast<size_t>(-character_length(text, wrong));
    wrong = first_wrong(text, from);
  }
  return scratch.append(text.substr(from));
}

void append_character(char32_t c, std::string& to) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
    to.append(replacement);
  else
    append_utf8(to, c);
}

bool is_ascii(std::string_view text) {
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8)
    if ((eight_bytes(text.data() + at) & high_bits) != 0) return false;
  for (; at < text.size(); ++at)
    if (static_cast<unsigned char>(text[at]) >= 0x80) return false;
  return true;
}

}  // namespace tenfold::text
