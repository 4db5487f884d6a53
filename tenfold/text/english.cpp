#include "tenfold/text/english.h"

#include <algorithm>
#include <iterator>

#include "tenfold/text/unicode.h"
#include "tenfold/text/url.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

constexpr std::string_view exception_lines =
#include "tenfold/text/tables/exceptions.inc"
    ;

/// What may follow a digit as a suffix of its own, beside what Property::after_digit says.
constexpr std::string_view units[] = {
#include "tenfold/text/tables/units.inc"
};

constexpr char32_t ellipsis = 0x2026, en_dash = 0x2013, em_dash = 0x2014, right_quote = 0x2019, degree = 0xB0;

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

/// A word as it is looked at from one place: the characters before and behind, 0 where it ends.
struct Place {
  std::string_view word;
  size_t at = 0;
  char32_t before() const {
    size_t from = at;
    return from > 0 ? previous_character(word, from) : 0;
  }
  char32_t behind(size_t length) const {
    size_t from = at + length;
    return from < word.size() ? next_character(word, from) : 0;
  }
};

size_t prefix_length(std::string_view word) {
  const char first = word[0];
  if (first == '+') return word.size() == 1 || !is_digit(static_cast<unsigned char>(word[1]));
  if (first == '.') {
    const size_t run = std::min(word.find_first_not_of('.'), word.size());
    return run > 1 ? run : 0;
  }
  for (const std::string_view dollars : {"US$", "C$", "A$"})
    if (word.starts_with(dollars)) return dollars.size();
  size_t length = 0;
  return has(next_character(word, length), prefix) ? length : 0;
}

/// A period at the end, behind `rest`: split off an ellipsis, behind small letters, digits and signs, and behind
/// capitals in a row; not behind a single capital, which is an initial.
size_t period_length(std::string_view rest) {
  if (rest.ends_with('.')) {
    const size_t last = rest.find_last_not_of('.');
    return 1 + rest.size() - (last == rest.npos ? 0 : last + 1);
  }
  if (rest.empty()) return 0;
  size_t at = rest.size();
  const char32_t c = previous_character(rest, at);
  if (has(c, before_period)) return 1;
  if (at == 0) return 0;
  const char32_t b = previous_character(rest, at);
  const bool temperature = b == degree && (c == 'F' || c == 'f' || c == 'C' || c == 'c' || c == 'K' || c == 'k');
  return temperature || (has(c, alpha_upper) && has(b, alpha_upper));
}

/// A unit behind the last digit, if that is all that is behind it.
size_t unit_length(std::string_view word) {
  constexpr size_t longest = 24;  // bytes; the longest unit has 14
  size_t at = word.size();
  while (at > 0 && word.size() - at < longest && !is_digit(static_cast<unsigned char>(word[at - 1]))) --at;
  if (at == 0 || !is_digit(static_cast<unsigned char>(word[at - 1]))) return 0;
  return std::find(std::begin(units), std::end(units), word.substr(at)) != std::end(units) ? word.size() - at : 0;
}

size_t suffix_length(std::string_view word) {
  if (word.empty()) return 0;
  size_t last = word.size();
  const char32_t c = previous_character(word, last);
  if (c == '.') return period_length(word.substr(0, last));
  size_t from = last;
  const char32_t before = from > 0 ? previous_character(word, from) : 0;
  if ((c == ellipsis && before == ellipsis) || ((c == 's' || c == 'S') && (before == '\'' || before == right_quote)))
    return word.size() - from;
  if (const size_t unit = unit_length(word); unit > 0) return unit;
  return has(c, suffix) || (has(c, after_digit) && is_digit(before)) ? word.size() - last : 0;
}

/// Length of the infix at a place, 0 where there is none. The order is spaCy's: an earlier rule hides a later one.
size_t infix_length(std::string_view word, size_t at) {
  const Place place{word, at};
  size_t length = at;
  const char32_t c = next_character(word, length);
  length -= at;
  if (c == '.' && place.behind(1) == '.') return std::min(word.find_first_not_of('.', at), word.size()) - at;
  if (has(c, infix)) return length;
  if (at == 0) return 0;  // every other infix has something before it
  const char32_t before = place.before(), behind = place.behind(length);
  switch (c) {
    case '.':
      return has(before, alpha_lower | quote) && has(behind, alpha_upper | quote);
    case ',':
      return has(before, alpha) && has(behind, alpha);
    case '+':
    case '*':
    case '^':
      return is_digit(before) && (is_digit(behind) || behind == '-');
    case ':':
    case '<':
    case '>':
    case '=':
    case '/':
      return (has(before, alpha) || is_digit(before)) && has(behind, alpha);
    case '-':
      if (is_digit(before) && (is_digit(behind) || behind == '-')) return 1;
      break;
    case '~':
    case en_dash:
    case em_dash:
      break;
    default:
      return 0;
  }
  if (!has(before, alpha) && !is_digit(before)) return 0;
  const size_t most = c == '-' ? 3 : c == em_dash ? 2 : 1;  // hyphens that may stand together
  for (size_t count = 1; count <= most; ++count) {
    if (has(place.behind(count * length), alpha)) return count * length;
    if (place.behind(count * length) != c) break;
  }
  return 0;
}

void split_infixes(std::string_view word, std::vector<std::string_view>& pieces) {
  size_t from = 0;
  for (size_t at = 0; at < word.size();) {
    const size_t length = infix_length(word, at);
    if (length == 0) {
      next_character(word, at);
      continue;
    }
    if (at > 0) {  // one at the very front stays with what follows
      if (at > from) pieces.push_back(word.substr(from, at - from));
      pieces.push_back(word.substr(at, length));
      from = at + length;
    }
    at += length;
  }
  if (from < word.size()) pieces.push_back(word.substr(from));
}

}  // namespace

English::English(const std::vector<std::string>& specials) {
  std::vector<std::vector<uint8_t>> lengths;
  for (std::string_view lines = exception_lines; !lines.empty();) {
    const size_t end = lines.find('\n');
    std::string text;
    auto& pieces = lengths.emplace_back();
    for (std::string_view line = lines.substr(0, end); !line.empty();) {
      const std::string_view piece = line.substr(0, line.find(' '));
      text.append(piece);
      pieces.push_back(static_cast<uint8_t>(piece.size()));
      line.remove_prefix(std::min(piece.size() + 1, line.size()));
    }
    texts_.push_back(std::move(text));
    lines.remove_prefix(end + 1);
  }
  for (const std::string& special : specials) {
    texts_.push_back(special);
    lengths.push_back({static_cast<uint8_t>(special.size())});
  }
  for (size_t k = 0; k < texts_.size(); ++k) {
    exceptions_[texts_[k]] = lengths[k];
    longest_ = std::max(longest_, texts_[k].size());
  }
  for (size_t k = 0; k < texts_.size(); ++k) add_phrase(texts_[k], lengths[k]);
}

/// spaCy looks in texts for the exceptions that its affix rules would cut.
void English::add_phrase(const std::string& text, const std::vector<uint8_t>& lengths) {
  std::vector<std::string_view> cut;
  split_affixes(text, false, cut);
  std::vector<std::string> pieces;
  size_t from = 0;
  for (const uint8_t length : lengths) {
    pieces.push_back(text.substr(from, length));
    from += length;
  }
  // One that is cut as it should be changes nothing; longer than two it may yet keep another from being found.
  const bool same = std::equal(cut.begin(), cut.end(), pieces.begin(), pieces.end());
  if (cut.size() < 2 || (same && cut.size() == 2)) return;
  std::u16string key;
  for (const std::string_view piece : cut) {
    const auto next = static_cast<Part>(parts_.size() + 1);
    key.push_back(static_cast<char16_t>(parts_.emplace(piece, next).first->second));
  }
  for (size_t count = 2; count < key.size(); ++count) phrases_[key.substr(0, count)];
  phrases_[key] = std::move(pieces);
}

const std::vector<uint8_t>* English::exception(std::string_view word) const {
  if (word.size() > longest_) return nullptr;
  const auto found = exceptions_.find(word);
  return found == exceptions_.end() ? nullptr : &found->second;
}

void English::split(std::string_view word, std::vector<std::string_view>& pieces) const {
  split_affixes(word, true, pieces);
}

void English::split_affixes(std::string_view word, bool with_exceptions, std::vector<std::string_view>& pieces) const {
  const auto is_exception = [&](std::string_view text) {
    return with_exceptions && !text.empty() && exception(text) != nullptr;
  };
  std::vector<std::string_view> suffixes;
  for (size_t before = 0; !word.empty() && word.size() != before && !is_exception(word);) {
    before = word.size();
    const size_t front = prefix_length(word);
    if (front > 0 && is_exception(word.substr(front))) {
      pieces.push_back(word.substr(0, front));
      word.remove_prefix(front);
      break;
    }
    const size_t back = suffix_length(word.substr(front));
    if (back > 0) {
      suffixes.push_back(word.substr(word.size() - back));
      word.remove_suffix(back);
      if (is_exception(word)) break;
    }
    if (front > 0) {
      pieces.push_back(word.substr(0, front));
      word.remove_prefix(front);
    }
  }
  const auto* lengths = with_exceptions ? exception(word) : nullptr;
  if (lengths != nullptr) {
    for (const uint8_t length : *lengths) {
      pieces.push_back(word.substr(0, length));
      word.remove_prefix(length);
    }
  } else if (!word.empty()) {
    if (is_url(word))
      pieces.push_back(word);
    else
      split_infixes(word, pieces);
  }
  pieces.insert(pieces.end(), suffixes.rbegin(), suffixes.rend());
}

English::Part English::part(std::string_view piece) const {
  if (piece.size() > longest_) return 0;
  const auto found = parts_.find(piece);
  return found == parts_.end() ? 0 : found->second;
}

void English::find(std::span<const Part> parts, std::vector<Found>& found) const {
  found.clear();
  std::u16string key;
  for (size_t first = 0; first < parts.size(); ++first) {
    key.clear();
    for (size_t count = 1; first + count <= parts.size(); ++count) {
      key.push_back(static_cast<char16_t>(parts[first + count - 1]));
      if (count < 2) continue;
      const auto phrase = phrases_.find(key);
      if (phrase == phrases_.end()) break;
      if (!phrase->second.empty()) found.push_back({first, count, &phrase->second});
    }
  }
  if (found.size() < 2) return;
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.count != b.count ? a.count > b.count : a.first < b.first; });
  // As spaCy does it: one that touches a longer one with its first or last piece falls, and yet hides shorter ones.
  std::vector<bool> seen(parts.size());
  std::erase_if(found, [&](const Found& one) {
    const bool hidden = seen[one.first] || seen[one.first + one.count - 1];
    std::fill_n(seen.begin() + static_cast<std::ptrdiff_t>(one.first), one.count, true);
    return hidden;
  });
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.first < b.first; });
}

}  // namespace tenfold::text
