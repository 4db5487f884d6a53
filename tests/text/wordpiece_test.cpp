#include "tenfold/text/wordpiece.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tenfold/core/error.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;

const char* const small_vocabulary =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\n##a\nrunning\n!\n,\ncafe\n##s\nCafé\n中\n文\n##文\n";

struct Small {
  Folder folder{};
  std::string path = folder.file("vocab.txt", small_vocabulary);
};

TEST(WordPiece, TakesTheLongestPiecesAndKnowsNoHalfWords) {
  const Small small;
  const WordPiece pieces(small.path);
  EXPECT_THAT(pieces.tokens("unaffable, running!"), ElementsAre("un", "##aff", "##able", ",", "running", "!"));
  EXPECT_THAT(pieces.tokens("unaffablex"), ElementsAre("[UNK]"));
  EXPECT_THAT(pieces.tokens("CAFÉS"), ElementsAre("cafe", "##s"));
  EXPECT_THAT(pieces.tokens("中文"), ElementsAre("中", "文"));  // an ideograph is a word of its own
  EXPECT_THAT(pieces.tokens("cafe\u0301\u200Bs\tun\u3000un"), ElementsAre("cafe", "##s", "un", "un"));
  EXPECT_THAT(pieces.tokens(std::string("u\0n", 3)), ElementsAre("un"));
}

TEST(WordPiece, BeginsEndsAndCutsWhatANetworkReads) {
  const Small small;
  const WordPiece pieces(small.path);
  EXPECT_THAT(pieces.ids("unaffable running", 16), ElementsAre(2, 5, 6, 7, 9, 3));
  EXPECT_THAT(pieces.ids("unaffable running", 4), ElementsAre(2, 5, 6, 3));
  EXPECT_THAT(pieces.ids("unaffable", 2), ElementsAre(2, 3));
  EXPECT_THAT(pieces.ids("", 8), ElementsAre(2, 3));
  EXPECT_THROW(pieces.ids("un", 1), ConfigError);
  EXPECT_EQ(pieces.pad_id(), 0);
  EXPECT_EQ(pieces.cls_id(), 2);
  EXPECT_EQ(pieces.sep_id(), 3);
  EXPECT_EQ(pieces.unknown_id(), 1);
}

TEST(WordPiece, GivesEveryLabelledWordAPiece) {
  const Small small;
  const WordPiece pieces(small.path);
  EXPECT_THAT(pieces.word_ids("unaffable!"), ElementsAre(5, 6, 7, 10));
  EXPECT_THAT(pieces.word_ids("\u200B"), ElementsAre(1));
  EXPECT_THAT(pieces.word_ids(""), ElementsAre(1));
}

TEST(WordPiece, KeepsCaseAndAccentsForCasedModels) {
  const Small small;
  const WordPiece cased(small.path, {.lower_case = false, .strip_accents = false});
  EXPECT_THAT(cased.tokens("Café café"), ElementsAre("Café", "[UNK]"));
  small.folder.file("tokenizer_config.json", R"({"do_lower_case": false, "strip_accents": null})");
  EXPECT_THAT(WordPiece::of_folder(small.folder.path()).tokens("Café"), ElementsAre("Café"));
  EXPECT_NE(cased.fingerprint(), WordPiece(small.path).fingerprint());
}

TEST(WordPiece, TakesSpecialsInTextsOnlyWhereAsked) {
  const Small small;
  EXPECT_THAT(WordPiece(small.path).tokens("un[MASK]un [mask]"),
              ElementsAre("un", "[MASK]", "un", "[UNK]", "[UNK]", "[UNK]"));
  const WordPiece cut(small.path, {.specials = SpecialsInText::cut});
  EXPECT_THAT(cut.tokens("[SEP]"), ElementsAre("[UNK]", "[UNK]", "[UNK]"));
}

TEST(WordPiece, IsDoneSoonWithALongText) {
  const Small small;
  const WordPiece pieces(small.path);
  const std::string word(50u << 20, 'a');
  EXPECT_THAT(pieces.ids(word, 8), ElementsAre(2, 1, 3));
  std::string many;
  while (many.size() < (50u << 20)) many.append("un \xFF");
  EXPECT_EQ(pieces.ids(many, 512).size(), 512u);
}

TEST(WordPiece, SaysWhichSpecialIsMissing) {
  const Folder folder;
  EXPECT_THROW(WordPiece(folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\na\n")), DataError);
  EXPECT_THROW(WordPiece(folder.path() + "/none.txt"), FileError);
}

TEST(WordPiece, EncodesIntoAnyNumbering) {
  const Small small;
  const WordPiece pieces(small.path);
  std::vector<int32_t> ids;
  pieces.encoder(pieces.vocabulary())->append("running un", ids);
  EXPECT_THAT(ids, ElementsAre(9, 5));
  TokenCounts counts;
  ids.clear();
  pieces.encoder([&](std::string_view token) { return counts.number(token); })->append("running un running", ids);
  EXPECT_THAT(ids, ElementsAre(0, 1, 0));
}

// Ids from tools/reference_wordpiece.py, of the texts in word_tokens.jsonl, with the published vocabulary.
TEST(WordPiece, GivesThePublishedIds) {
  const char* data = std::getenv("TENFOLD_DATA");
  if (data == nullptr || !std::filesystem::exists(std::string(data) + "/minilm/vocab.txt"))
    GTEST_SKIP() << "TENFOLD_DATA names no folder with minilm/vocab.txt";
  const WordPiece pieces = WordPiece::of_folder(std::string(data) + "/minilm");
  std::ifstream texts(TENFOLD_SOURCE_DIR "/tests/text/data/word_tokens.jsonl");
  std::ifstream expected(TENFOLD_SOURCE_DIR "/tests/text/data/wordpiece_ids.txt");
  int lines = 0;
  for (std::string text, ids; std::getline(texts, text) && std::getline(expected, ids); ++lines) {
    std::istringstream numbers(ids);
    std::vector<int32_t> wanted;
    for (int32_t id; numbers >> id;) wanted.push_back(id);
    const auto sentence = nlohmann::json::parse(text).at(0).get<std::string>();
    EXPECT_EQ(pieces.ids(sentence, 1 << 20), wanted) << sentence;
  }
  EXPECT_EQ(lines, 235);
}

}  // namespace
}  // namespace tenfold::text
