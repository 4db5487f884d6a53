#pragma once
// Numbers and truth values as files write them. The common forms are read here, inline; the rest in parse_value.cpp.
// Torch-free.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tenfold {

struct NumberForm {
  char decimal = '.';
  char thousands = ',';        ///< between groups of three digits; 0: none
  bool leading_zeros = false;  ///< "007" is a number; otherwise it is a name, as zip codes are
};

/// The value of 1 to 8 digits, of which 8 bytes are readable; -1 where they are not all digits. All eight at once:
/// Lemire, "Number parsing at a gigabyte per second", 2021, section 4.
inline int64_t parse_digits(const char* digits, size_t count) {
  static_assert(std::endian::native == std::endian::little);
  uint64_t text = 0;
  std::memcpy(&text, digits, sizeof text);
  text <<= 64 - 8 * count;
  text |= 0x3030303030303030 >> 8 * (count - 1) >> 8;  // zeros in front
  if (((text & 0xF0F0F0F0F0F0F0F0) | ((text + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4) != 0x3333333333333333)
    return -1;
  text = (text & 0x0F0F0F0F0F0F0F0F) * 10 + ((text & 0x0F0F0F0F0F0F0F0F) >> 8);
  return static_cast<int64_t>((text & 0x000000FF000000FF) * 0x000F424000000064 +
                              (text >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >>
         32;
}

bool parse_integer_slowly(std::string_view text, const NumberForm& form, int64_t& out);
bool parse_real_slowly(std::string_view text, const NumberForm& form, double& out);

/// Whole numbers within 64 bits but for the lowest, which stands for null; with a sign, with thousands, with blanks
/// around. 8 bytes behind the text are readable.
inline bool parse_integer(std::string_view text, const NumberForm& form, int64_t& out) {
  if (text.empty()) return false;
  const bool minus = text[0] == '-';
  const char* digits = text.data() + minus;
  const size_t count = text.size() - minus;
  if (count == 0 || count > 8 || (digits[0] == '0' && count > 1)) return parse_integer_slowly(text, form, out);
  const int64_t value = parse_digits(digits, count);
  if (value < 0) return parse_integer_slowly(text, form, out);
  out = minus ? -value : value;
  return true;
}

/// Decimal numbers, with a sign, an exponent, thousands, blanks around, and "inf" or "infinity"; the double nearest to
/// what is written. No "nan", no hexadecimal digits, nothing beyond the largest double.
inline bool parse_real(std::string_view text, const NumberForm& form, double& out) {
  // Up to 15 digits and a power of ten up to 22 are exact as doubles: one division rounds once (Clinger 1990).
  constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  const char *at = text.data(), *const end = at + text.size();
  const bool minus = !text.empty() && *at == '-';
  at += minus;
  if (at == end || end - at > 16 || (*at == '0' && end - at > 1 && at[1] != form.decimal))
    return parse_real_slowly(text, form, out);
  uint64_t digits = 0;
  int count = 0, behind = 0;
  for (bool point = false; at != end; ++at) {
    const auto digit = static_cast<unsigned char>(*at - '0');
    if (digit < 10) {
      digits = digits * 10 + digit;
      ++count;
      behind += point;
    } else if (*at == form.decimal && !point) {
      point = true;
    } else {
      return parse_real_slowly(text, form, out);
    }
  }
  if (count == 0 || count > 15) return parse_real_slowly(text, form, out);
  const double value = static_cast<double>(digits) / kPowers[behind];
  out = minus ? -value : value;
  return true;
}

/// "true" and "false" in lower, upper or title case.
bool parse_boolean(std::string_view text, int8_t& out);
/// Those, and 1, 0, yes, no, t, f, y, n: for columns that are said to be boolean.
bool parse_boolean_loosely(std::string_view text, int8_t& out);

/// Without blanks and tabs around.
std::string_view trimmed(std::string_view text);

}  // namespace tenfold
