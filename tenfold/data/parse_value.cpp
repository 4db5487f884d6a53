#include "tenfold/data/parse_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

namespace tenfold {
namespace {

bool digit(char byte) { return byte >= '0' && byte <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& byte : out)
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  return out;
}

/// A number with '.' and without thousands, as from_chars reads it; "" where it is none.
std::string plain(std::string_view text, const NumberForm& form) {
  text = trimmed(text);
  std::string out;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    if (text[0] == '-') out = "-";
    text.remove_prefix(1);
  }
  const size_t whole = static_cast<size_t>(
      std::find_if_not(text.begin(), text.end(), [&](char c) { return digit(c) || (c != 0 && c == form.thousands); }) -
      text.begin());
  std::string_view left = text.substr(0, whole);
  if (!form.leading_zeros && left.size() > 1 && left[0] == '0') return "";
  const size_t first = left.find(form.thousands);
  if (form.thousands != 0 && first != std::string_view::npos) {  // 1 to 3 digits, then groups of exactly 3
    if (first < 1 || first > 3) return "";
    for (size_t at = first; at < left.size(); at += 4)
      if (left[at] != form.thousands || left.size() - at < 4 ||
          !(digit(left[at + 1]) && digit(left[at + 2]) && digit(left[at + 3])))
        return "";
  }
  for (const char byte : left)
    if (byte != form.thousands) out += byte;
  text.remove_prefix(whole);
  const bool begun = !left.empty();
  if (!text.empty() && text[0] == form.decimal) {
    if (!begun && (text.size() < 2 || !digit(text[1]))) return "";
    out += begun ? "." : "0.";
    text.remove_prefix(1);
  } else if (!begun) {
    return "";
  }
  return out + std::string(text);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char byte) { return byte == ' ' || byte == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool parse_integer_slowly(std::string_view text, const NumberForm& form, int64_t& out) {
  const std::string number = plain(text, form);
  const char* const end = number.data() + number.size();
  int64_t value = 0;
  const auto parsed = std::from_chars(number.data(), end, value);
  if (number.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return false;
  if (value == std::numeric_limits<int64_t>::min()) return false;
  out = value;
  return true;
}

bool parse_real_slowly(std::string_view text, const NumberForm& form, double& out) {
  const std::string word = lower(trimmed(text));
  const std::string_view size =
      word.starts_with('-') || word.starts_with('+') ? std::string_view(word).substr(1) : word;
  if (size == "inf" || size == "infinity") {
    out = word[0] == '-' ? -HUGE_VAL : HUGE_VAL;
    return true;
  }
  const std::string number = plain(text, form);
  if (number.empty()) return false;
  const bool whole = number.find_first_not_of("-0123456789") == std::string::npos;
  int64_t integer = 0;  // digits beyond 64 bits are a name, not a measurement: a double would round it
  if (whole && !parse_integer_slowly(text, form, integer)) return false;
  const char* const end = number.data() + number.size();
  double value = 0;
  const auto parsed = std::from_chars(number.data(), end, value);
  if (parsed.ptr != end || !(std::isfinite(value) || parsed.ec == std::errc::result_out_of_range)) return false;
  if (parsed.ec == std::errc::result_out_of_range) {
    // Too large is refused, too small is zero; from_chars tells both alike.
    const size_t exponent = number.find_first_of("eE");
    const bool small =
        exponent != std::string::npos ? number[exponent + 1] == '-' : number.find_first_of("123456789") > 300;
    if (!small) return false;
    value = number[0] == '-' ? -0.0 : 0.0;
  }
  out = value;
  return true;
}

bool parse_boolean(std::string_view text, int8_t& out) {
  for (const std::string_view word : {"true", "True", "TRUE"})
    if (text == word) return out = 1, true;
  for (const std::string_view word : {"false", "False", "FALSE"})
    if (text == word) return out = 0, true;
  return false;
}

bool parse_boolean_loosely(std::string_view text, int8_t& out) {
  const std::string word = lower(trimmed(text));
  for (const std::string_view yes : {"true", "1", "yes", "t", "y"})
    if (word == yes) return out = 1, true;
  for (const std::string_view no : {"false", "0", "no", "f", "n"})
    if (word == no) return out = 0, true;
  return false;
}

}  // namespace tenfold
