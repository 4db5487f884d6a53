// Any bytes as a text: fastai's words and WordPiece. Beside not crashing: a word's pieces are the word, tokens do not
// depend on what an encoder saw before, and what is cut from repaired text is what is cut from the text.

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tenfold/core/file.h"
#include "tenfold/text/english.h"
#include "tenfold/text/fastai_words.h"
#include "tenfold/text/utf8.h"
#include "tenfold/text/word_tokenizer.h"
#include "tenfold/text/wordpiece.h"

namespace {

using namespace tenfold::text;

void require(bool holds) {
  if (!holds) std::abort();
}

WordPiece small_pieces() {
  const auto path = std::filesystem::temp_directory_path() / ("tenfold-fuzz-" + std::to_string(getpid()) + ".txt");
  tenfold::write_file(path, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\nb\n##b\nab\n##ab\n!\n.\n1\n##1\n中\né\n##e\n");
  WordPiece pieces(path);
  std::filesystem::remove(path);
  return pieces;
}

/// An encoder that goes on from text to text, as those of a corpus do.
struct Seen {
  WordTokenizer words;
  TokenCounts counts;
  std::unique_ptr<Encoder> encoder = words.encoder([this](std::string_view token) { return counts.number(token); });
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const WordPiece pieces = small_pieces();
  static auto seen = std::make_unique<Seen>();
  if (seen->counts.size() > 100000) seen = std::make_unique<Seen>();
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  std::string scratch;
  int64_t replaced = 0;
  const std::string valid(valid_utf8(text, scratch, replaced));
  const auto tokens = seen->words.tokens(text);
  require(tokens == seen->words.tokens(valid));
  std::vector<int32_t> ids;
  seen->encoder->append(text, ids);
  require(ids.size() == tokens.size());
  for (size_t k = 0; k < ids.size(); ++k) require(seen->counts.token(ids[k]) == tokens[k]);

  static const English english(modern_specials());
  std::string buffer;
  each_word(
      valid, buffer,
      [&](std::string_view word) {
        std::vector<std::string_view> cut;
        english.split(word, cut);
        std::string whole;
        for (const std::string_view piece : cut) {
          require(!piece.empty());
          whole.append(piece);
        }
        require(whole == word);
      },
      [](std::string_view) {});

  const auto cut = pieces.ids(text, 16), all = pieces.ids(text, 1 << 24);
  require(cut.size() <= 16 && cut.size() >= 2 && cut.front() == pieces.cls_id() && cut.back() == pieces.sep_id());
  require(std::equal(cut.begin(), cut.end() - 1, all.begin()));
  require(pieces.ids(valid, 1 << 24) == all);
  return 0;
}
