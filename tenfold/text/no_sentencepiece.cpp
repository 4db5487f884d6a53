// What a build without the SentencePiece library says.

#include "tenfold/core/error.h"
#include "tenfold/text/sentencepiece.h"

namespace tenfold::text {
namespace {

[[noreturn]] void refuse() {
  throw ConfigError("text.tokenizer",
                    "sentencepiece is not in this build; install libsentencepiece-dev and build again");
}

}  // namespace

bool has_sentencepiece() { return false; }

void train_sentencepiece(const Corpus&, const std::filesystem::path&, const SentencePieceOptions&) { refuse(); }

std::string learn_sentencepiece(const Corpus&, const SentencePieceOptions&) { refuse(); }

struct SentencePiece::Model {};

SentencePiece::SentencePiece(const std::filesystem::path&, TextRules rules) : rules_(rules) { refuse(); }
SentencePiece::SentencePiece(std::string_view, TextRules rules, const std::string&) : rules_(rules) { refuse(); }
SentencePiece::~SentencePiece() = default;
std::vector<std::string> SentencePiece::tokens(std::string_view) const { refuse(); }
std::unique_ptr<Encoder> SentencePiece::encoder(Number) const { refuse(); }
std::string SentencePiece::fingerprint() const { return fingerprint_; }
std::string SentencePiece::decode(std::span<const int32_t>) const { refuse(); }

}  // namespace tenfold::text
