#include "tenfold/text/bpe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tenfold/core/error.h"
#include "tenfold/text/marked_words.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using Lines = std::vector<std::string>;

Bpe::Learnt learnt(const Lines& lines, BpeOptions options) {
  const std::span<const std::string> texts = lines;
  return Bpe::learn(std::array{texts}, options);
}

TEST(MarkedWords, CarryTheirSpaces) {
  const MarkedWords words;
  EXPECT_THAT(words.tokens("Hello, world!"), ElementsAre("▁Hello", ",", "▁world", "!"));
  EXPECT_THAT(words.tokens("  (a) \t b's 3.5% naïve"),
              ElementsAre("▁(", "a", ")", "▁b", "'", "s", "▁3", ".", "5", "%", "▁naïve"));
  EXPECT_THAT(words.tokens(""), ElementsAre());
  EXPECT_THAT(words.tokens("a▁b"), ElementsAre("▁a", "▁b"));  // the mark itself is a space
  EXPECT_THAT(words.tokens("a\xFF"), ElementsAre("▁a", "\uFFFD"));
}

TEST(MarkedWords, GoBackIntoTheText) {
  const MarkedWords words;
  for (const std::string text : {"Hello, world!", "\"It's 3.5 %,\" (she said) – naïve…", "Größe: 5 €.", "x", "日本 語"})
    EXPECT_EQ(without_marks(words.tokens(text)), text);
  EXPECT_EQ(without_marks(words.tokens("  two   spaces ")), "two spaces");
}

TEST(Bpe, MergesTheMostFrequentNeighboursFirst) {
  // Sennrich et al. 2016, algorithm 1: low 5, lower 2, newest 6, widest 3; without its end marks, and a space mark in
  // front. Counts by hand: es 9, st 9, we 8 until es is one token, lo 7, ow 7.
  Lines lines;
  const auto say = [&](const std::string& word, int times) {
    lines.insert(lines.end(), static_cast<size_t>(times), word);
  };
  say("low", 5), say("lower", 2), say("newest", 6), say("widest", 3);
  const auto made = learnt(lines, {.vocabulary = 1000, .min_freq = 2});
  const auto& merges = made.bpe.merges();
  ASSERT_GE(merges.size(), 5u);
  EXPECT_EQ(merges[0], Bpe::Merge("e", "s"));   // 9 as s + t, and e comes before s
  EXPECT_EQ(merges[1], Bpe::Merge("es", "t"));  // 9
  EXPECT_EQ(merges[2], Bpe::Merge("l", "o"));   // 7, as o + w and ▁ + l; l is the smallest left side
  EXPECT_EQ(merges[3], Bpe::Merge("▁", "lo"));  // 7, as lo + w; lo is a newer token than any character
  EXPECT_EQ(merges[4], Bpe::Merge("▁lo", "w"));
  EXPECT_THAT(made.bpe.tokens("low newest"), ElementsAre("▁low", "▁newest"));
  EXPECT_THAT(made.bpe.tokens("lowest"), ElementsAre("▁low", "est"));
}

TEST(Bpe, DoesNotDependOnTheOrderOfTheTexts) {
  Lines lines = {"the cat sat on the mat", "a cat and a hat", "that is that", "The mat, the hat."};
  const auto one = learnt(lines, {.vocabulary = 60, .min_freq = 1});
  std::reverse(lines.begin(), lines.end());
  const auto other = learnt(lines, {.vocabulary = 60, .min_freq = 1});
  EXPECT_EQ(one.bpe.merges(), other.bpe.merges());
  EXPECT_EQ(one.vocab.tokens(), other.vocab.tokens());
  EXPECT_EQ(one.bpe.fingerprint(), other.bpe.fingerprint());
}

TEST(Bpe, NumbersAreTheVocabularysAndGoBack) {
  const Lines lines = {"der Hund läuft über die Straße", "ein Hund und eine Katze", "die Katze läuft"};
  const auto made = learnt(lines, {.vocabulary = 80, .min_freq = 1});
  EXPECT_LE(made.vocab.size(), 80);
  EXPECT_EQ(made.vocab.token(0), "<unk>");
  const auto encoder = made.bpe.encoder(made.vocab);
  for (const auto& line : lines) {
    std::vector<int32_t> ids;
    encoder->append(line, ids);
    encoder->append(line, ids);  // the second time from memory
    ASSERT_EQ(ids.size() % 2, 0u);
    EXPECT_TRUE(std::equal(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2),
                           ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2)));
    Lines tokens;
    for (size_t k = 0; k < ids.size() / 2; ++k) tokens.push_back(made.vocab.token(ids[k]));
    EXPECT_EQ(tokens, made.bpe.tokens(line));
    EXPECT_EQ(without_marks(tokens), line);
  }
  EXPECT_THAT(made.bpe.ids("Q", made.vocab), ElementsAre(made.vocab.id("▁"), 0));  // no Q in the texts
}

TEST(Bpe, ComesBackFromItsMerges) {
  const auto made = learnt({"banana bandana banana"}, {.vocabulary = 30, .min_freq = 1});
  const Bpe again(made.bpe.merges());
  EXPECT_EQ(again.tokens("banana band ananas"), made.bpe.tokens("banana band ananas"));
  const std::vector<std::pair<std::string, std::string>> nothing = {{"a", ""}};
  EXPECT_THROW(static_cast<void>(Bpe(nothing)), ConfigError);
}

TEST(Bpe, NeedsRoomForTheCharacters) {
  try {
    learnt({"abcdefgh"}, {.vocabulary = 8, .min_freq = 1});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "data.vocabulary");
    EXPECT_THAT(error.what(), testing::HasSubstr("13 characters and special tokens"));
  }
}

TEST(Bpe, LeavesRareCharactersUnknown) {
  const auto made = learnt({"aa aa ax"}, {.vocabulary = 50, .min_freq = 2});
  EXPECT_FALSE(made.vocab.contains("x"));
  EXPECT_THAT(made.bpe.ids("ax", made.vocab), ElementsAre(made.vocab.id("▁a"), 0));
}

}  // namespace
}  // namespace tenfold::text
