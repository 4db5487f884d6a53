#include "tenfold/text/sentencepiece.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/text/fastai_rules.h"
#include "tenfold/text/utf8.h"

namespace tenfold::text {
namespace {

/// The text that the library sees, without newlines and NUL bytes, which it takes for ends.
std::string prepared(std::string_view text, TextRules rules, int64_t& replaced) {
  std::string scratch;
  const std::string_view valid = valid_utf8(text, scratch, replaced);
  std::string done = rules == TextRules::modern ? fastai_text(valid) : std::string(valid);
  for (char& byte : done)
    if (byte == '\n' || byte == '\0') byte = ' ';
  return done;
}

/// Texts of a corpus one by one, as the trainer asks for them.
class Sentences : public sentencepiece::SentenceIterator {
 public:
  Sentences(const Corpus& corpus, const SentencePieceOptions& options) : chunks_(corpus.open()), options_(options) {
    Next();
  }
  bool done() const override { return done_; }
  void Next() override {
    while (at_ == chunk_.texts.size()) {
      at_ = 0;
      if (taken_ == options_.most_texts || !chunks_->next(chunk_)) {
        done_ = true;
        return;
      }
    }
    done_ = taken_++ == options_.most_texts;
    if (!done_) value_ = prepared(chunk_.texts[at_++], options_.rules, replaced_);
  }
  const std::string& value() const override { return value_; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  std::unique_ptr<TextChunks> chunks_;
  const SentencePieceOptions& options_;
  TextChunk chunk_;
  size_t at_ = 0;
  int64_t taken_ = 0, replaced_ = 0;
  bool done_ = false;
  std::string value_;
};

/// fastai 2.8's size: a quarter of the different words between white space; more where the characters need it.
int64_t size_for(const Corpus& corpus, const SentencePieceOptions& options) {
  constexpr int64_t most = 30000, least = 29;
  std::unordered_set<std::string> words;
  std::unordered_set<char32_t> characters;
  for (Sentences texts(corpus, options); !texts.done(); texts.Next()) {
    for (size_t at = 0; at < texts.value().size();) characters.insert(next_character(texts.value(), at));
    for (std::string_view rest = texts.value(); !rest.empty();) {
      const size_t end = std::min(rest.find_first_of(" \t\r\v\f"), rest.size());
      if (end > 0) words.emplace(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (static_cast<int64_t>(words.size()) / 4 > most) return most;
  }
  const auto needed = static_cast<int64_t>(characters.size() + modern_specials().size() + 2);
  return std::max({(static_cast<int64_t>(words.size()) / 4 + 7) / 8 * 8, least, needed});
}

}  // namespace

bool has_sentencepiece() { return true; }

std::string learn_sentencepiece(const Corpus& corpus, const SentencePieceOptions& options) {
  std::string specials;
  for (const std::string& special : modern_specials())
    specials.append(specials.empty() ? "" : ",").append("\u2581" + special);
  Sentences texts(corpus, options);
  std::string serialized;
  // The number of threads is part of what is learnt (sums are cut by it), so it is always the same.
  const auto status = sentencepiece::SentencePieceTrainer::Train(
      {{"vocab_size", std::to_string(options.vocabulary > 0 ? options.vocabulary : size_for(corpus, options))},
       {"character_coverage", std::to_string(options.coverage)},
       {"model_type", "unigram"},
       {"unk_id", std::to_string(modern_specials().size())},
       {"pad_id", "-1"},
       {"bos_id", "-1"},
       {"eos_id", "-1"},
       {"user_defined_symbols", specials},
       {"hard_vocab_limit", "false"},
       {"max_sentence_length", "1000000"},
       {"num_threads", "4"},
       {"minloglevel", "2"}},
      &texts, &serialized);
  if (!status.ok())
    throw Error("SentencePiece could not learn pieces: " + std::string(status.message()) +
                "; give it more text, or another size of vocabulary");
  return serialized;
}

void train_sentencepiece(const Corpus& corpus, const std::filesystem::path& model,
                         const SentencePieceOptions& options) {
  write_file(model, learn_sentencepiece(corpus, options));
}

struct SentencePiece::Model {
  sentencepiece::SentencePieceProcessor processor;
};

SentencePiece::SentencePiece(const std::filesystem::path& model, TextRules rules)
    : SentencePiece(read_file(model), rules, model.string()) {}

SentencePiece::SentencePiece(std::string_view bytes, TextRules rules, const std::string& source) : rules_(rules) {
  auto loaded = std::make_unique<Model>();
  if (bytes.empty() || !loaded->processor.LoadFromSerializedProto(std::string(bytes)).ok())
    throw DataError(source, 0, "is no SentencePiece model; give the *.model file that training wrote");
  std::vector<std::string> pieces;
  for (int id = 0; id < loaded->processor.GetPieceSize(); ++id) pieces.push_back(loaded->processor.IdToPiece(id));
  vocab_ = Vocab(std::move(pieces), loaded->processor.unk_id());
  fingerprint_ = ContentHash().add("sentencepiece 1").add(bytes).add_integer(static_cast<int64_t>(rules)).hex();
  model_ = std::move(loaded);
}

SentencePiece::~SentencePiece() = default;

std::vector<std::string> SentencePiece::tokens(std::string_view text) const {
  int64_t replaced = 0;
  std::vector<std::string> pieces;
  if (!model_->processor.Encode(prepared(text, rules_, replaced), &pieces).ok())
    throw Error("SentencePiece could not cut a text of " + std::to_string(text.size()) + " bytes; shorten it");
  return pieces;
}

class SentencePiece::Pieces : public Encoder {
 public:
  Pieces(const SentencePiece& pieces, Number number)
      : pieces_(pieces), number_(std::move(number)), known_(static_cast<size_t>(pieces.vocab_.size()), -1) {}

  void append(std::string_view text, std::vector<int32_t>& ids) override {
    std::vector<int> own;
    if (!pieces_.model_->processor.Encode(prepared(text, pieces_.rules_, replaced_), &own).ok())
      throw Error("SentencePiece could not cut a text of " + std::to_string(text.size()) + " bytes; shorten it");
    for (const int id : own) {
      int32_t& known = known_[static_cast<size_t>(id)];
      if (known < 0) known = number_(pieces_.vocab_.token(id));
      ids.push_back(known);
    }
  }

 private:
  const SentencePiece& pieces_;
  Number number_;
  std::vector<int32_t> known_;
};

std::unique_ptr<Encoder> SentencePiece::encoder(Number number) const {
  return std::make_unique<Pieces>(*this, std::move(number));
}

std::string SentencePiece::fingerprint() const { return fingerprint_; }

std::string SentencePiece::decode(std::span<const int32_t> ids) const {
  std::string text;
  const std::vector<int> own(ids.begin(), ids.end());
  const auto all_known = std::all_of(own.begin(), own.end(), [&](int id) { return id >= 0 && id < vocab_.size(); });
  if (!all_known || !model_->processor.Decode(own, &text).ok())
    throw Error("ids to decode are not all below " + std::to_string(vocab_.size()) + ", the size of the vocabulary");
  return text;
}

}  // namespace tenfold::text
