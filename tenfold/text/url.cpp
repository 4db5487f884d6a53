#include "tenfold/text/url.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "tenfold/text/unicode.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What may begin and end a part of a host name.
bool is_label(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return c >= 0xA1 && c <= 0xFFFF;
}

/// Digits of any script from `at` on, at most `most`; `at` moves behind them.
int skip_decimals(std::string_view text, size_t& at, int most) {
  int count = 0;
  while (count < most && at < text.size()) {
    size_t next = at;
    if (!has(next_character(text, next), decimal)) break;
    at = next;
    ++count;
  }
  return count;
}

/// An optional port and an optional path, then the end.
bool is_tail(std::string_view text) {
  const auto is_path = [](std::string_view rest) {
    return rest.empty() || rest[0] == '/' || rest[0] == '?' || rest[0] == '#';
  };
  if (is_path(text)) return true;
  if (text[0] != ':') return false;
  size_t at = 1;
  // Fewer digits than there are never help: what follows them is then a digit, which begins no path.
  return skip_decimals(text, at, 5) >= 2 && is_path(text.substr(at));
}

/// Labels and periods, then a top level of 2 to 63 small letters.
bool is_host(std::string_view text) {
  size_t at = 0;
  int label = 0;            // characters of this label so far
  bool label_ends = false;  // whether its last one may end it
  while (at < text.size()) {
    const char32_t c = next_character(text, at);
    if (c == '.') {
      if (label == 0 || label > 64 || !label_ends) return false;
      label = 0;
      size_t end = at;
      int letters = 0;
      while (end < text.size()) {
        size_t next = end;
        if (!has(next_character(text, next), alpha_lower)) break;
        end = next;
        ++letters;
      }
      if (letters >= 2 && letters <= 63 && is_tail(text.substr(end))) return true;
    } else {
      label_ends = is_label(c);
      if (!label_ends && (label == 0 || (c != '_' && c != '-'))) return false;
      ++label;
    }
  }
  return false;
}

/// One number of an address, as the pattern spells them: the first 1–223, the last 1–254, those between 0–255 where a
/// leading zero or one may stand before digits of any script. Returns the lengths it can have, as bits.
enum class Octet { first, middle, last };
uint32_t octet_lengths(std::string_view text, Octet place) {
  const auto digit = [&](size_t k) { return k < text.size() && is_digit(text[k]) ? text[k] - '0' : -1; };
  uint32_t lengths = 0;
  // \d takes the digits of any script, but addresses with those are none that anybody wrote: ASCII's are looked at.
  const int a = digit(0), b = digit(1), c = digit(2);
  if (place == Octet::middle) {
    if (a >= 0) lengths |= 1u << 1;
    if (a >= 0 && b >= 0) lengths |= 1u << 2;
    if (a >= 0 && b >= 0 && c >= 0 && (a == 1 || (a == 2 && (b < 5 || (b == 5 && c <= 5))))) lengths |= 1u << 3;
    return lengths;
  }
  if (a >= 1) lengths |= 1u << 1;
  if (a >= 1 && b >= 0) lengths |= 1u << 2;
  if (a >= 1 && b >= 0 && c >= 0) {
    const int value = a * 100 + b * 10 + c;
    if (value <= (place == Octet::first ? 223 : 254)) lengths |= 1u << 3;
  }
  return lengths;
}

/// Private and local networks are no addresses to spaCy.
bool is_private(std::string_view text) {
  const auto numbers = [&](size_t at, int wanted) {
    while (wanted > 0 && at < text.size() && text[at] == '.' && skip_decimals(text, ++at, 3) > 0) --wanted;
    return wanted == 0;
  };
  if ((text.starts_with("10") && numbers(2, 3)) || (text.starts_with("127") && numbers(3, 3))) return true;
  if ((text.starts_with("169.254") || text.starts_with("192.168")) && numbers(7, 2)) return true;
  if (!text.starts_with("172.") || text.size() < 6) return false;
  const char a = text[4], b = text[5];
  return ((a == '1' && b >= '6' && b <= '9') || (a == '2' && is_digit(b)) || (a == '3' && (b == '0' || b == '1'))) &&
         numbers(6, 2);
}

bool is_address(std::string_view text) {
  if (text.empty() || !is_digit(text[0]) || is_private(text)) return false;
  size_t at = 0;
  for (const Octet place : {Octet::first, Octet::middle, Octet::middle}) {
    const uint32_t lengths = octet_lengths(text.substr(at), place);
    size_t length = 1;
    while (length <= 3 && !((lengths >> length & 1) && at + length < text.size() && text[at + length] == '.')) ++length;
    if (length > 3) return false;
    at += length + 1;
  }
  const uint32_t lengths = octet_lengths(text.substr(at), Octet::last);
  for (size_t length = 1; length <= 3; ++length)
    if ((lengths >> length & 1) && is_tail(text.substr(at + length))) return true;
  return false;
}

/// Where the text behind `scheme://` begins, if it begins with one of two characters or more.
std::optional<size_t> behind_scheme(std::string_view text) {
  int length = 0;
  for (size_t at = 0; at < text.size(); ++length) {
    const size_t here = at;
    const char32_t c = next_character(text, at);
    if (c == ':') return length >= 2 && text.substr(at).starts_with("//") ? std::optional(here + 3) : std::nullopt;
    if (c != '+' && c != '-' && c != '.' && !has(c, word)) break;
  }
  return std::nullopt;
}

}  // namespace

bool is_url(std::string_view text) {
  if (text.find('.') == text.npos) return false;
  const auto begins_here = [&](size_t at) { return is_address(text.substr(at)) || is_host(text.substr(at)); };
  if (begins_here(0)) return true;
  if (const auto behind = behind_scheme(text); behind && begins_here(*behind)) return true;
  for (size_t at = text.find('@', 1); at != text.npos; at = text.find('@', at + 1))
    if (begins_here(at + 1)) return true;
  return false;
}

}  // namespace tenfold::text
