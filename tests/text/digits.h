#pragma once
// Pairs of files that a small network learns in seconds: digits, and their names in English.

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <tuple>

#include "tenfold/core/file.h"
#include "tenfold/core/random.h"

namespace tenfold::digits {

/// "3 1 4" → "three one four".
inline std::string in_words(const std::string& sentence) {
  constexpr std::array<const char*, 10> names = {"zero", "one", "two",   "three", "four",
                                                 "five", "six", "seven", "eight", "nine"};
  std::string text;
  for (const char c : sentence)
    if (c != ' ') text += (text.empty() ? "" : " ") + std::string(names.at(static_cast<size_t>(c - '0')));
  return text;
}

/// Four to six digits.
inline std::string sentence(uint64_t seed, uint64_t k) {
  Draw draw(seed, 0, k, Purpose::other);
  std::string text;
  for (int64_t left = 4 + draw.below(3); left > 0; --left)
    text += (text.empty() ? "" : " ") + std::to_string(draw.below(10));
  return text;
}

/// train, val and test2016 in .digits and .en: 600, 40 and 30 pairs.
inline void write_pairs(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& [name, seed, count] :
       {std::tuple<std::string, uint64_t, uint64_t>{"train", 1, 600}, {"val", 2, 40}, {"test2016", 3, 30}}) {
    std::string source, target;
    for (uint64_t k = 0; k < count; ++k) {
      const auto line = sentence(seed, k);
      source += line + "\n";
      target += in_words(line) + "\n";
    }
    write_file(folder / (name + ".digits"), source);
    write_file(folder / (name + ".en"), target);
  }
}

}  // namespace tenfold::digits
