#include "tenfold/text/numbering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/text/sentencepiece.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string bpe_files = TENFOLD_SOURCE_DIR "/tests/text/data/byte_bpe/";

/// A folder as an encoder's weights come in, with byte-level BPE.
struct Encoder {
  Folder folder{};
  ModelOptions model{};
  Encoder() {
    folder.file("config.json", "{}");
    for (const char* name : {"vocab.json", "merges.txt"}) folder.file(name, read_file(bpe_files + name));
    model.weights = folder.path();
  }
};

std::vector<std::string> many_texts() {
  std::vector<std::string> texts;
  for (const char* who : {"We", "They", "You", "People"})
    for (const char* stem : {"walk", "talk", "jump", "play", "paint", "cook"})
      for (const char* ending : {"", "s", "ed", "ing", "er"})
        texts.push_back(std::string(who) + " " + stem + ending + " today and now.");
  return texts;
}

TEST(Numbering, TakesByteBpeWhereTheWeightsCameWithIt) {
  const Encoder encoder;
  const auto made = numbering({}, encoder.model, {}, 1);
  EXPECT_EQ(made.units, Units::byte_bpe);
  const auto bpe = ByteBpe::of_folder(encoder.folder.path());
  const auto how = numericaliser(made, {.most = 6});
  EXPECT_EQ(how.pad, bpe.pad_id());
  EXPECT_EQ(how.ids("all that you can carry home with you"), bpe.ids("all that you can carry home with you", 6));
  EXPECT_THAT(how.ids(""), ElementsAre(bpe.begin_id(), bpe.end_id()));
  const auto both = numericaliser(made, {.most = 8, .keep = Keep::both_ends}).ids("a b c d e f g h i j");
  const auto whole = bpe.ids("a b c d e f g h i j", 100);
  EXPECT_THAT(both, ElementsAre(whole[0], whole[1], whole[6], whole[7], whole[8], whole[9], whole[10], whole[11]));
  EXPECT_THROW(numericaliser(made, {.most = 2}), ConfigError);
}

TEST(Numbering, ComesBackFromItsTree) {
  const Encoder encoder;
  const auto made = numbering({}, encoder.model, {}, 1);
  const auto read = numbering_of(Json::parse(to_json(made).dump()), "m.safetensors");
  const std::string text = "It's naïve, <mask> 1_000 times";
  EXPECT_EQ(read.units, Units::byte_bpe);
  EXPECT_EQ(numericaliser(read, {}).ids(text), numericaliser(made, {}).ids(text));
  auto tree = to_json(made);
  tree["units"] = "syllables";
  EXPECT_THROW(numbering_of(tree, "m.safetensors"), DataError);
}

TEST(Numbering, RefusesAnotherTokeniserThanTheWeights) {
  const Encoder encoder;
  try {
    numbering({.tokenizer = Units::wordpiece}, encoder.model, {}, 1);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("byte_bpe"));
  }
  EXPECT_THROW(numbering({.tokenizer = Units::byte_bpe}, {}, {}, 1), ConfigError);
}

TEST(Numbering, ShowsPiecesAsTheWordsThatTheyAreOf) {
  const Encoder encoder;
  const auto made = numbering({}, encoder.model, {}, 1);
  std::string words;
  for (const int32_t id : numericaliser(made, {}).ids("a naïve 日本 word")) {
    const auto token = shown(made, id);
    if (!token.special) words.append(token.continues ? "" : "|").append(token.text);
  }
  EXPECT_EQ(words, "a|naïve|日本|word");
}

TEST(Numbering, LearnsSentencePieceForALanguageModel) {
  if (!has_sentencepiece()) GTEST_SKIP() << "this build is without SentencePiece";
  const auto texts = many_texts();
  const auto made = numbering({.tokenizer = Units::sentencepiece}, {}, {&texts}, 2);
  EXPECT_EQ(made.units, Units::sentencepiece);
  const auto read = numbering_of(Json::parse(to_json(made).dump()), "m.safetensors");
  for (const auto& text : {texts[0], std::string("unheard of"), std::string()}) {
    EXPECT_EQ(numericaliser(read, {}).ids(text), numericaliser(made, {}).ids(text));
    EXPECT_FALSE(numericaliser(made, {}).ids(text).empty());
  }
  EXPECT_EQ(made.vocab.token(1), "\u2581xxpad");
}

TEST(Numbering, CountsWordsAlikeForAnyThreads) {
  const auto texts = many_texts();
  const auto one = numbering({.min_freq = 1}, {}, {&texts}, 1), three = numbering({.min_freq = 1}, {}, {&texts}, 3);
  EXPECT_EQ(one.units, Units::words);
  EXPECT_EQ(one.vocab.tokens(), three.vocab.tokens());
  EXPECT_TRUE(one.vocab.contains("walking"));
  const auto how = numericaliser(one, {});
  EXPECT_EQ(numbered(texts, how, 3).ids, numbered(texts, how, 1).ids);
}

TEST(Numbering, TakesTextsOfUnknownWordsAlone) {
  const auto texts = many_texts();
  const auto how = numericaliser(numbering({.min_freq = 1}, {}, {&texts}, 1), {});
  EXPECT_THAT(how.ids("green ideas"), ElementsAre(2, 0, 0));  // xxbos, xxunk
  EXPECT_THAT(how.ids(""), ElementsAre(2));
}

}  // namespace
}  // namespace tenfold::text
