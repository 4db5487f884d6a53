#include "tenfold/text/sentencepiece.h"

#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

/// Sentences of a few words in many forms, enough to learn pieces from.
std::string sentences() {
  std::string text;
  const char* stems[] = {"walk", "talk", "jump", "play", "paint", "cook", "clean", "call"};
  const char* endings[] = {"", "s", "ed", "ing", "er", "ers"};
  for (const char* who : {"We", "They", "You", "People", "Friends"})
    for (const char* stem : stems)
      for (const char* ending : endings)
        text.append(who).append(" ").append(stem).append(ending).append(" today and now.\n");
  return text;
}

class SentencePieceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_sentencepiece()) GTEST_SKIP() << "this build is without SentencePiece";
    corpus_ = file_corpus({folder_.file("a.txt", sentences())}, TextIs::line);
  }
  std::string model(const char* name) const { return folder_.path() + "/" + name; }
  Folder folder_;
  std::unique_ptr<Corpus> corpus_;
};

TEST_F(SentencePieceTest, LearnsPiecesThatMakeTheTextAgain) {
  train_sentencepiece(*corpus_, model("a.model"), {.vocabulary = 80, .rules = TextRules::none});
  const SentencePiece pieces(model("a.model"), TextRules::none);
  EXPECT_LE(pieces.vocabulary().size(), 80);
  EXPECT_EQ(pieces.vocabulary().token(0), "\u2581xxunk");
  const auto ids = pieces.ids("They walked and talked now.", pieces.vocabulary());
  EXPECT_GT(ids.size(), 4u);
  EXPECT_EQ(pieces.decode(ids), "They walked and talked now.");
  EXPECT_LT(pieces.tokens("walking").size(), std::string("walking").size());
  EXPECT_THROW(pieces.decode(std::vector<int32_t>{-1}), Error);
}

TEST_F(SentencePieceTest, LearnsTheSameTwice) {
  train_sentencepiece(*corpus_, model("a.model"), {.vocabulary = 80});
  train_sentencepiece(*corpus_, model("b.model"), {.vocabulary = 80});
  EXPECT_EQ(read_file(model("a.model")), read_file(model("b.model")));
}

TEST_F(SentencePieceTest, KeepsFastaisMarkersWhole) {
  train_sentencepiece(*corpus_, model("a.model"), {.vocabulary = 80});
  const SentencePiece pieces(model("a.model"));
  const auto tokens = pieces.tokens("WE walk");
  ASSERT_GE(tokens.size(), 3u);
  EXPECT_EQ(tokens[0], "\u2581xxbos");
  EXPECT_EQ(tokens[1], "\u2581xxup");
}

TEST_F(SentencePieceTest, SaysWhatIsWrong) {
  EXPECT_THROW(SentencePiece(folder_.file("no.model", "none")), DataError);
  EXPECT_THROW(SentencePiece(model("missing.model")), FileError);
  EXPECT_THROW(train_sentencepiece(*file_corpus({}, TextIs::line), model("empty.model"), {}), Error);
  EXPECT_FALSE(std::filesystem::exists(model("empty.model")));
}

}  // namespace
}  // namespace tenfold::text
