#pragma once
// Byte-pair encoding: subwords made by merging, again and again, the two neighbours that come most often, so that
// frequent words are one token and rare ones a few, and none is unknown. Sennrich, Haddow & Birch 2016, "Neural machine
// translation of rare words with subword units", arXiv 1508.07909. Torch-free.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/text/tokenizer.h"

namespace tenfold::text {

struct BpeOptions {
  int64_t vocabulary = 8000;  ///< tokens in all: specials, characters, merged ones
  int64_t min_freq = 2;       ///< rarer characters are unknown, rarer neighbours are not merged
  std::vector<std::string> specials = {"<unk>", "<pad>", "<s>", "</s>"};  ///< first in the vocabulary; [0] is unknown
};

/// Cuts marked words (marked_words.h) into characters and merges them in the order in which the merges were learnt.
class Bpe : public Tokenizer {
 public:
  using Merge = std::pair<std::string, std::string>;

  /// Throws ConfigError where a merge has an empty side.
  explicit Bpe(std::vector<Merge> merges);

  struct Learnt;
  /// From the marked words of `texts` (any bytes). Of neighbours that come equally often, those whose tokens have the
  /// smaller numbers, left before right, are merged first: the same texts in any order give the same merges. Throws
  /// ConfigError where the vocabulary does not hold specials and characters.
  static Learnt learn(std::span<const std::span<const std::string>> texts, const BpeOptions& options);

  std::vector<std::string> tokens(std::string_view text) const override;
  using Tokenizer::encoder;
  std::unique_ptr<Encoder> encoder(Number number) const override;
  std::string fingerprint() const override;
  const std::vector<Merge>& merges() const;

  struct Table;

 private:
  std::shared_ptr<const Table> table_;
};

struct Bpe::Learnt {
  Bpe bpe;
  Vocab vocab;  ///< specials, characters by code point, merged tokens in their order
};

}  // namespace tenfold::text
