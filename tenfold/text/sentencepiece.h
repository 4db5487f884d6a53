#pragma once
// Subwords learnt from raw text, for languages whose words are not between spaces. Kudo & Richardson, "SentencePiece",
// EMNLP 2018; Kudo, "Subword regularization", ACL 2018. Through the SentencePiece library, which a build may be
// without.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/text/corpus.h"
#include "tenfold/text/tokenizer.h"

namespace tenfold::text {

/// Whether this build has the library; without, everything below throws ConfigError that says how to have it.
bool has_sentencepiece();

/// What pieces are learnt of and cut from: the text as it is, or as fastai's rules leave it (lower case, with markers).
enum class TextRules { none, modern };

struct SentencePieceOptions {
  int64_t vocabulary = 0;     ///< 0: a quarter of the different words, rounded up to 8, from 29 to 30,000 (fastai 2.8)
  double coverage = 0.99999;  ///< share of characters that are pieces; 0.9998 for scripts of thousands of characters
  TextRules rules = TextRules::modern;
  int64_t most_texts = 1000000;  ///< it learns in memory; the first ones are taken
};

/// Learns a unigram model and writes it, whole or not at all. Throws what reading throws; Error where there is too
/// little text to learn from.
void train_sentencepiece(const Corpus& corpus, const std::filesystem::path& model, const SentencePieceOptions& options);

/// The same, as the bytes of the model file.
std::string learn_sentencepiece(const Corpus& corpus, const SentencePieceOptions& options);

class SentencePiece : public Tokenizer {
 public:
  /// The bytes of a model file; `source` is for messages. Throws DataError.
  SentencePiece(std::string_view model, TextRules rules, const std::string& source);
  /// A model file (*.model). Throws FileError, DataError. `rules` are those it was trained with.
  explicit SentencePiece(const std::filesystem::path& model, TextRules rules = TextRules::modern);
  ~SentencePiece() override;

  std::vector<std::string> tokens(std::string_view text) const override;
  using Tokenizer::encoder;
  std::unique_ptr<Encoder> encoder(Number number) const override;
  std::string fingerprint() const override;

  /// The text that pieces with these ids of vocabulary() stand for.
  std::string decode(std::span<const int32_t> ids) const;
  const Vocab& vocabulary() const { return vocab_; }

 private:
  struct Model;
  class Pieces;
  std::unique_ptr<const Model> model_;
  Vocab vocab_;
  TextRules rules_;
  std::string fingerprint_;
};

}  // namespace tenfold::text
