#pragma once
// GPT-2's and RoBERTa's tokens: byte-pair encoding over the bytes of words that carry the space before them, so that no
// text has an unknown token. Radford et al. 2019, "Language models are unsupervised multitask learners", section 2.2;
// Liu et al. 2019, arXiv 1907.11692.

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/text/bpe_ranks.h"
#include "tenfold/text/tokenizer.h"

namespace tenfold::text {

struct ByteBpeOptions {
  bool space_before = false;  ///< a text that begins with no space is read as if one stood before it
  std::string begin = "<s>", end = "</s>", pad = "<pad>", mask = "<mask>";  ///< GPT-2 has one for all: <|endoftext|>
};

class ByteBpe : public Tokenizer {
 public:
  /// As the files write them: each byte as a printable character, a space as Ġ.
  using Merge = std::pair<std::string, std::string>;

  /// `source` is for messages. Throws DataError where a byte, one of the options' tokens but for the mask, or what a
  /// merge makes of two tokens is not in the vocabulary.
  ByteBpe(Vocab vocabulary, std::vector<Merge> merges, ByteBpeOptions options, const std::string& source);
  /// A folder with vocab.json and merges.txt, else with a tokenizer.json of this kind. Throws FileError, DataError.
  static ByteBpe of_folder(const std::filesystem::path& folder);
  /// Whether of_folder() has its files there.
  static bool is_in(const std::filesystem::path& folder);

  /// begin, pieces, end: at most max_length (>= 2) of them, cut behind. Throws ConfigError below 2.
  std::vector<int32_t> ids(std::string_view text, int64_t max_length) const;
  using Tokenizer::ids;
  /// Special tokens that stand in the text are taken as such; white space before the mask goes with it.
  std::vector<std::string> tokens(std::string_view text) const override;
  using Tokenizer::encoder;
  std::unique_ptr<Encoder> encoder(Number number) const override;
  std::string fingerprint() const override;
  /// The bytes that ids stand for. Throws Error where one is none of the vocabulary.
  std::string decode(std::span<const int32_t> ids) const;

  /// The bytes that one token of such a vocabulary stands for.
  static std::string bytes_of(std::string_view token);

  const Vocab& vocabulary() const { return vocab_; }
  const std::vector<Merge>& merges() const { return merges_; }
  const ByteBpeOptions& options() const { return options_; }
  int32_t begin_id() const { return vocab_.id(options_.begin); }
  int32_t end_id() const { return vocab_.id(options_.end); }
  int32_t pad_id() const { return vocab_.id(options_.pad); }

 private:
  class Pieces;
  void cut(std::string_view word, std::vector<int32_t>& ids) const;

  Vocab vocab_;
  std::vector<Merge> merges_;
  ByteBpeOptions options_;
  std::array<int32_t, 256> bytes_{};  ///< ids of single bytes
  BpeRanks ranks_;
  std::vector<std::string> specials_;  ///< those looked for in texts
};

}  // namespace tenfold::text
