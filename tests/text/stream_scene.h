#pragma once
// Made-up texts with a grammar that a small language model learns in seconds: sentences of a mood, each word of which
// calls for the next.

#include <cstdint>
#include <vector>

#include "tenfold/core/random.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/text/vocab.h"

namespace tenfold::text::scene {

constexpr int32_t kFirstWord = 9, kMoodWords = 12;  // after fastai's nine special tokens

/// xxbos, then words; word w is followed by one of two words of its mood. mood: 0 or 1.
inline std::vector<int32_t> sentence(int mood, int64_t length, Draw draw) {
  std::vector<int32_t> ids{2};
  auto word = static_cast<int32_t>(draw.below(kMoodWords));
  for (int64_t k = 0; k < length; ++k) {
    ids.push_back(kFirstWord + mood * kMoodWords + word);
    word = (word * 5 + (draw.chance(0.5) ? 1 : 4)) % kMoodWords;
  }
  return ids;
}

/// `count` sentences, of mood k % 2, of 5 to 40 words.
inline TokenTexts sentences(int64_t count, uint64_t seed) {
  TokenTexts texts;
  for (int64_t k = 0; k < count; ++k) {
    Draw draw(seed, 0, static_cast<uint64_t>(k), Purpose::other);
    const int64_t length = 5 + draw.below(36);
    texts.add(sentence(static_cast<int>(k % 2), length, draw));
  }
  return texts;
}

inline Vocab vocab() {
  auto words = modern_specials();
  for (int32_t k = 0; k < 2 * kMoodWords; ++k) words.push_back("w" + std::to_string(k));
  return Vocab(words);
}

}  // namespace tenfold::text::scene
