#pragma once
// BERT's tokens: words split at punctuation, lower-cased and without accents where the weights were made so, then cut
// into the longest pieces that the vocabulary has. Devlin et al., "BERT", NAACL 2019; Wu et al., arXiv 1609.08144,
// section 4.1.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/tokenizer.h"
#include "tenfold/text/trie.h"

namespace tenfold::text {

/// Special tokens that stand in a text as themselves ("[MASK]"): taken as such, as the published tokenisers do, or cut
/// like any other text, so that no text can bring them in.
enum class SpecialsInText { taken, cut };

struct WordPieceOptions {
  bool lower_case = true;      ///< off for cased models
  bool strip_accents = true;   ///< removes combining marks; published models do it exactly where they lower-case
  int64_t longest_word = 100;  ///< in characters; a longer one is unknown as a whole
  SpecialsInText specials = SpecialsInText::taken;
};

class WordPiece : public Tokenizer {
 public:
  /// `vocabulary` is a vocab.txt, one piece a line, continuations marked `##`. Throws FileError; DataError where [PAD],
  /// [UNK], [CLS] or [SEP] is missing.
  explicit WordPiece(const std::filesystem::path& vocabulary, const WordPieceOptions& options = {});
  /// The same of pieces at hand, as a model file holds them; `source` is for messages.
  WordPiece(Vocab vocabulary, const WordPieceOptions& options, const std::string& source);
  /// A folder with vocab.txt; lower-casing and accents as its tokenizer_config.json says, where there is one.
  static WordPiece of_folder(const std::filesystem::path& folder);

  /// [CLS] pieces [SEP], cut behind so that there are at most max_length (>= 2) of them. Throws ConfigError below 2.
  std::vector<int32_t> ids(std::string_view text, int64_t max_length) const;
  /// Pieces of one word that was split elsewhere (token labelling), without [CLS] and [SEP]. Punctuation inside is
  /// split off as in texts; at least one id: [UNK] where nothing is left of the word.
  std::vector<int32_t> word_ids(std::string_view word) const;

  int32_t pad_id() const { return pad_; }
  int32_t cls_id() const { return cls_; }
  int32_t sep_id() const { return sep_; }
  int32_t unknown_id() const { return vocab_.unknown(); }
  const Vocab& vocabulary() const { return vocab_; }
  const WordPieceOptions& options() const { return options_; }

  /// Pieces of the text alone, without [CLS] and [SEP].
  std::vector<std::string> tokens(std::string_view text) const override;
  using Tokenizer::encoder;
  std::unique_ptr<Encoder> encoder(Number number) const override;
  std::string fingerprint() const override;

 private:
  class Pieces;
  void append(std::string_view text, std::vector<int32_t>& ids, size_t most, int64_t& replaced) const;
  void append_plain(std::string_view text, std::vector<int32_t>& ids, size_t most) const;
  void append_word(std::string_view word, std::vector<int32_t>& ids) const;

  Vocab vocab_;
  WordPieceOptions options_;
  Trie whole_, behind_;  ///< pieces that begin a word, and those behind one, without their ##
  int32_t pad_ = 0, cls_ = 0, sep_ = 0;
  std::vector<std::pair<std::string, int32_t>> specials_;  ///< those looked for in texts
};

}  // namespace tenfold::text
