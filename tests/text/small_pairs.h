#pragma once
// A language of a dozen words and its translation: every word has another name, and the order is turned round.

#include <string>
#include <vector>

#include "tenfold/core/random.h"
#include "tenfold/text/pairs.h"

namespace tenfold::text {

inline SentencePairs turned_sentences(int64_t n, uint64_t seed) {
  const std::vector<std::string> from = {"rot", "blau", "Hund", "Katze", "und", "sieht", "klein", "Haus"};
  const std::vector<std::string> to = {"red", "blue", "dog", "cat", "and", "sees", "small", "house"};
  SentencePairs pairs;
  for (int64_t k = 0; k < n; ++k) {
    Draw draw(seed, 0, static_cast<uint64_t>(k), Purpose::other);
    std::string source, target;
    for (int64_t length = 4 + draw.below(3); length > 0; --length) {
      const auto word = static_cast<size_t>(draw.below(static_cast<int64_t>(from.size())));
      source += (source.empty() ? "" : " ") + from[word];
      target = to[word] + (target.empty() ? "" : " ") + target;
    }
    pairs.source.push_back(source);
    pairs.target.push_back(target);
    pairs.names.push_back(std::to_string(k));
  }
  return pairs;
}

inline PairData turned_data(int64_t train = 600) {
  return make_pairs(turned_sentences(train, 1), turned_sentences(40, 2), turned_sentences(30, 3),
                    {.source = "de", .target = "en", .vocabulary = 80, .min_freq = 1});
}

}  // namespace tenfold::text
