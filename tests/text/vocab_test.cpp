#include "tenfold/text/vocab.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TokenCounts counted(const std::vector<std::string>& tokens) {
  TokenCounts counts;
  for (const std::string& token : tokens) counts.count(counts.number(token));
  return counts;
}

TEST(TokenCounts, AreTheSameHoweverACorpusIsCut) {
  const std::vector<std::string> tokens = {"b", "a", "c", "a", "b", "d", "c", "e", "a"};
  const TokenCounts whole = counted(tokens);
  for (size_t cut = 0; cut <= tokens.size(); ++cut) {
    const auto at = tokens.begin() + static_cast<std::ptrdiff_t>(cut);
    TokenCounts parts = counted({tokens.begin(), at});
    parts.add(counted({at, tokens.end()}));
    ASSERT_EQ(parts.size(), whole.size());
    for (int32_t k = 0; k < whole.size(); ++k) {
      EXPECT_EQ(parts.token(k), whole.token(k));
      EXPECT_EQ(parts.times(k), whole.times(k));
    }
  }
}

TEST(Vocab, HasSpecialsThenTheCommonOnesInOrderOfFirstSight) {
  // b and a come three times, b first; c twice; xxbos is common and yet in its own place.
  const auto counts = counted({"xxbos", "b", "a", "xxbos", "b", "a", "c", "xxbos", "a", "b", "c", "d", "xxbos"});
  const Vocab vocab = Vocab::of(counts, {.min_freq = 2});
  EXPECT_THAT(vocab.tokens(), ElementsAre("xxunk", "xxpad", "xxbos", "xxeos", "xxfld", "xxrep", "xxwrep", "xxup",
                                          "xxmaj", "b", "a", "c"));
  EXPECT_EQ(vocab.id("b"), 9);
  EXPECT_EQ(vocab.id("xxbos"), 2);
  EXPECT_EQ(vocab.id("never seen"), 0);
  EXPECT_FALSE(vocab.contains("d"));
}

// fastai 2.8: make_vocab(Counter({'a': 5, 'b': 4, 'xxbos': 9, 'c': 3, 'd': 1}), min_freq=1, max_vocab=11) gives nine
// specials, a, b, and five xxfake; with max_vocab=16 and twelve tokens to keep, a length of 16 gets eight more.
TEST(Vocab, CutsAndFillsAsFastaiDoes) {
  TokenCounts counts;
  for (const auto& [token, times] :
       std::vector<std::pair<std::string, int>>{{"a", 5}, {"b", 4}, {"xxbos", 9}, {"c", 3}, {"d", 1}})
    counts.count(counts.number(token), times);
  const Vocab cut = Vocab::of(counts, {.min_freq = 1, .max_vocab = 11, .filler = Filler::modern});
  EXPECT_EQ(cut.size(), 16);
  EXPECT_EQ(cut.token(9), "a");
  EXPECT_EQ(cut.token(10), "b");
  EXPECT_EQ(cut.token(11), "xxfake");
  EXPECT_EQ(cut.id("xxfake"), 0);
  for (int k = 0; k < 9; ++k) counts.count(counts.number("w" + std::to_string(k)), 2);
  const Vocab full = Vocab::of(counts, {.min_freq = 1, .max_vocab = 16, .filler = Filler::modern});
  EXPECT_EQ(full.size(), 24);
  EXPECT_EQ(full.token(15), "w3");
  EXPECT_EQ(Vocab::of(counts, {.min_freq = 1, .max_vocab = 16}).size(), 16);
}

TEST(Vocab, SaysWhatIsWrongWithItsOptions) {
  EXPECT_THROW(Vocab::of({}, {.max_vocab = 8}), ConfigError);
  EXPECT_THROW(Vocab({"a", "b", "a"}), ConfigError);
  EXPECT_THROW(Vocab({"a", "b"}, 2), ConfigError);
}

TEST(Vocab, ComesBackFromItsFiles) {
  const Folder folder;
  const Vocab vocab({"[PAD]", "[UNK]", "a", "b"}, 1), lines({"xxunk", "\n", "quo\"te", "xxfake", "xxfake"});
  vocab.save(folder.path() + "/vocab.txt");
  EXPECT_EQ(Vocab::load(folder.path() + "/vocab.txt").fingerprint(), vocab.fingerprint());
  EXPECT_EQ(Vocab::load(folder.path() + "/vocab.txt").unknown(), 1);
  lines.save(folder.path() + "/vocab.json");
  EXPECT_EQ(Vocab::load(folder.path() + "/vocab.json").tokens(), lines.tokens());
  EXPECT_THROW(lines.save(folder.path() + "/lines.txt"), ConfigError);
  EXPECT_EQ(Vocab::load(folder.file("array.json", R"(["x", "y"])")).id("y"), 1);
  EXPECT_EQ(Vocab::load(folder.file("crlf.txt", "<pad>\r\n<unk>\r\nword")).id("none"), 1);
}

TEST(Vocab, NamesTheLineThatRepeatsAToken) {
  const Folder folder;
  try {
    Vocab::load(folder.file("twice.txt", "a\nb\na\n"));
    FAIL();
  } catch (const DataError& error) {
    EXPECT_EQ(error.line, 3);
    EXPECT_THAT(error.what(), HasSubstr("'a' is on line 1"));
  }
  EXPECT_THROW(Vocab::load(folder.file("broken.json", "{\"tokens\": [1]}")), DataError);
  EXPECT_THROW(Vocab::load(folder.file("cut.json", "[\"a\"")), DataError);
}

TEST(Vocab, ChangesItsFingerprintWithPlaceAndUnknown) {
  EXPECT_NE(Vocab({"a", "b"}).fingerprint(), Vocab({"b", "a"}).fingerprint());
  EXPECT_NE(Vocab({"a", "b"}).fingerprint(), Vocab({"ab"}).fingerprint());
  EXPECT_NE(Vocab({"a", "b"}, 0).fingerprint(), Vocab({"a", "b"}, 1).fingerprint());
}

TEST(VocabMerge, KeepsSharedRowsAndMarksNewOnes) {
  const VocabMerge merged = merge(Vocab({"xxunk", "the", "of"}), Vocab({"xxunk", "of", "film", "the"}));
  EXPECT_THAT(merged.rows, ElementsAre(0, 2, -1, 1));
  EXPECT_EQ(merged.shared, 3);
}

}  // namespace
}  // namespace tenfold::text
