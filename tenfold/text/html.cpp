// Character references, as Python's html.unescape reads them.

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

#include "tenfold/text/fastai_rules.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

constexpr std::string_view entity_lines =
#include "tenfold/text/tables/entities.inc"
    ;

/// Numbers that mean a character of Windows-1252, or of none.
constexpr std::pair<char32_t, char32_t> references[] = {
#include "tenfold/text/tables/references.inc"
};
constexpr char32_t no_characters[] = {
#include "tenfold/text/tables/no_characters.inc"
};

/// Names, with the semicolon where they need one, and what they stand for.
const std::unordered_map<std::string_view, std::string>& entities() {
  static const auto table = [] {
    std::unordered_map<std::string_view, std::string> names;
    for (std::string_view lines = entity_lines; !lines.empty();) {
      const size_t end = lines.find('\n'), gap = lines.find(' ');
      std::string& meaning = names[lines.substr(0, gap)];
      char32_t number = 0;
      for (const char digit : lines.substr(gap + 1, end - gap)) {
        if (digit == ' ' || digit == '\n') {
          append_character(std::exchange(number, 0), meaning);
        } else {
          number = number * 16 + static_cast<char32_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
      }
      lines.remove_prefix(end + 1);
    }
    return names;
  }();
  return table;
}

int digit_value(char c, int base) {
  const int value = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : base;
  return value < base ? value : -1;
}

/// A numeric reference behind `&#`. Returns the bytes read, 0 where it is none.
size_t append_number(std::string_view text, std::string& to) {
  const int base = !text.empty() && (text[0] == 'x' || text[0] == 'X') ? 16 : 10;
  const size_t from = base == 16;
  char32_t number = 0;
  size_t at = from;
  for (; at < text.size() && digit_value(text[at], base) >= 0; ++at)
    number = std::min<char32_t>(
        number * static_cast<char32_t>(base) + static_cast<char32_t>(digit_value(text[at], base)), 0x110000);
  if (at == from) return 0;
  if (at < text.size() && text[at] == ';') ++at;
  const auto* known =
      std::find_if(std::begin(references), std::end(references), [&](const auto& one) { return one.first == number; });
  if (known != std::end(references))
    append_character(known->second, to);
  else if (number > 0x10FFFF || (number >= 0xD800 && number < 0xE000))
    append_character(0xFFFD, to);
  else if (!std::binary_search(std::begin(no_characters), std::end(no_characters), number))
    append_character(number, to);
  return at;
}

/// A name behind `&`: up to 32 characters without white space, <, &, # and ;. The longest part from its start that is a
/// name counts, two characters at least. Returns the bytes read, 0 where it is none.
size_t append_named(std::string_view text, std::string& to) {
  size_t end = 0;
  for (int characters = 0; characters < 32 && end < text.size(); ++characters) {
    if (std::string_view("\t\n\f <&#;").find(text[end]) != std::string_view::npos) break;
    next_character(text, end);
  }
  if (end == 0) return 0;
  if (end < text.size() && text[end] == ';') ++end;
  for (; end > 1; --end)
    if (const auto found = entities().find(text.substr(0, end)); found != entities().end()) {
      to.append(found->second);
      return end;
    }
  return 0;
}

}  // namespace

void unescape_html(Rewritten& text) {
  size_t at = text.text.find('&');
  if (at == text.text.npos) return;
  text.next.clear();
  size_t from = 0;
  for (; at != text.text.npos; at = text.text.find('&', from)) {
    text.next.append(text.text.substr(from, at - from));
    const std::string_view behind = text.text.substr(at + 1);
    const size_t number = behind.starts_with('#') ? append_number(behind.substr(1), text.next) : 0;
    const size_t read = number > 0 ? number + 1 : append_named(behind, text.next);
    if (read == 0) text.next.push_back('&');
    from = at + 1 + read;
  }
  text.next.append(text.text.substr(from));
  text.take();
}

}  // namespace tenfold::text
