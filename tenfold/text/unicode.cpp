#include "tenfold/text/unicode.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

/// Characters from `first` to the next run's have these bits.
struct Run {
  char32_t first;
  uint32_t bits;
};
constexpr Run runs[] = {
#include "tenfold/text/tables/properties.inc"
};

uint32_t bits_in_runs(char32_t c) {
  return std::prev(std::upper_bound(std::begin(runs), std::end(runs), c,
                                    [](char32_t value, const Run& run) { return value < run.first; }))
      ->bits;
}

/// first, first + step, … last become that plus distance.
struct LowerRun {
  char32_t first, last, step;
  int32_t distance;
};
constexpr LowerRun lower_runs[] = {
#include "tenfold/text/tables/lower.inc"
};

char32_t lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  const auto* run = std::lower_bound(std::begin(lower_runs), std::end(lower_runs), c,
                                     [](const LowerRun& one, char32_t value) { return one.last < value; });
  if (run == std::end(lower_runs) || c < run->first || (c - run->first) % run->step != 0) return c;
  return static_cast<char32_t>(static_cast<int32_t>(c) + run->distance);
}

/// What is left of a character without its marks: up to three others, zeros behind.
struct Base {
  char32_t from, first = 0, second = 0, third = 0;
};
constexpr Base bases[] = {
#include "tenfold/text/tables/base.inc"
};

constexpr char32_t capital_sigma = 0x3A3, small_sigma = 0x3C3, final_sigma = 0x3C2, capital_i_with_dot = 0x130;

/// Unicode Standard 3.13, Final_Sigma: behind a cased letter and before none, what is ignorable skipped.
bool is_final_sigma(std::string_view text, size_t from, size_t behind) {
  bool before = false, after = false;
  while (from > 0) {
    const uint32_t bits = properties(previous_character(text, from));
    if (bits & ignorable) continue;
    before = (bits & cased) != 0;
    break;
  }
  while (before && behind < text.size()) {
    const uint32_t bits = properties(next_character(text, behind));
    if (bits & ignorable) continue;
    after = (bits & cased) != 0;
    break;
  }
  return before && !after;
}

/// Unicode Standard 3.12: a Hangul syllable is its leading consonant, its vowel, and its trailing consonant if any.
bool append_hangul(char32_t c, std::string& to) {
  constexpr char32_t first = 0xAC00, last = 0xD7A3, leading = 0x1100, vowel = 0x1161, trailing = 0x11A7;
  if (c < first || c > last) return false;
  const char32_t index = c - first;
  append_character(leading + index / (21 * 28), to);
  append_character(vowel + index / 28 % 21, to);
  if (index % 28 != 0) append_character(trailing + index % 28, to);
  return true;
}

}  // namespace

constinit const std::array<uint32_t, 0x80> ascii_properties = [] {
  std::array<uint32_t, 0x80> bits{};
  size_t run = 0;
  for (size_t c = 0; c < bits.size(); ++c) {
    while (run + 1 < std::size(runs) && runs[run + 1].first <= c) ++run;
    bits[c] = runs[run].bits;
  }
  return bits;
}();

uint32_t properties_beyond_ascii(char32_t c) {
  // The scripts of alphabets, looked up at once; what is beyond is searched for.
  constexpr char32_t direct = 0x3400;
  static const auto near = [] {
    std::vector<uint32_t> bits(direct);
    for (size_t run = 0; run < std::size(runs); ++run)
      for (char32_t at = runs[run].first; at < direct && (run + 1 == std::size(runs) || at < runs[run + 1].first); ++at)
        bits[at] = runs[run].bits;
    return bits;
  }();
  return c < direct ? near[c] : bits_in_runs(c);
}

void append_lower(std::string_view text, std::string& to) {
  for (size_t at = 0; at < text.size();) {
    const size_t from = at;
    const char32_t c = next_character(text, at);
    if (c == capital_sigma) {
      append_character(is_final_sigma(text, from, at) ? final_sigma : small_sigma, to);
    } else if (c == capital_i_with_dot) {
      to.append("i\xCC\x87");  // i and a combining dot above
    } else {
      append_character(lower(c), to);
    }
  }
}

void append_base(std::string_view text, std::string& to) {
  for (size_t at = 0; at < text.size();) {
    const char32_t c = next_character(text, at);
    if (c < 0x80) {
      to.push_back(static_cast<char>(c));
      continue;
    }
    if (has(c, mark) || append_hangul(c, to)) continue;
    const auto* base = std::lower_bound(std::begin(bases), std::end(bases), c,
                                        [](const Base& one, char32_t value) { return one.from < value; });
    if (base == std::end(bases) || base->from != c) {
      append_character(c, to);
      continue;
    }
    for (const char32_t part : {base->first, base->second, base->third})
      if (part != 0) append_character(part, to);
  }
}

bool is_ideograph(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B820 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

}  // namespace tenfold::text
