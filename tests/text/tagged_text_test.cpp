// Tagged words from files: CoNLL columns, word/tag, and what is wrong with them.

#include "tenfold/text/tagged_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ReadTagged, EndsSentencesAtAnyLineOfWhiteSpace) {
  const Folder folder;
  const auto file = read_tagged(folder.file(
      "a.conll", "-DOCSTART-\tO\n\nEmpire\tB-location\nState\tI-location\n\t\n  \nat\tO\r\nnight\tO\r\n\nlast one\tO"));
  ASSERT_EQ(file.sentences.size(), 3u);
  EXPECT_THAT(file.sentences[0].words, ElementsAre("Empire", "State"));
  EXPECT_THAT(file.sentences[0].tags, ElementsAre("B-location", "I-location"));
  EXPECT_EQ(file.sentences[0].line, 3);
  EXPECT_THAT(file.sentences[1].tags, ElementsAre("O", "O"));
  EXPECT_EQ(file.sentences[1].line, 7);
  EXPECT_THAT(file.sentences[2].words, ElementsAre("last one"));
  EXPECT_TRUE(file.told.empty());
}

TEST(ReadTagged, TakesTheFirstAndTheLastOfSeveralColumns) {
  const Folder folder;
  const auto file = read_tagged(folder.file("a.txt", "U.N. NNP I-NP B-ORG\nofficial NN I-NP O\n"));
  EXPECT_THAT(file.sentences.at(0).words, ElementsAre("U.N.", "official"));
  EXPECT_THAT(file.sentences[0].tags, ElementsAre("B-ORG", "O"));
}

TEST(ReadTagged, NamesTheLineOfATokenWithoutATag) {
  const Folder folder;
  const auto path = folder.file("a.conll", "one\tO\ntwo\nthree\tO\n");
  try {
    read_tagged(path);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_EQ(error.line, 2);
    EXPECT_THAT(error.what(), HasSubstr("token 'two' without a tag"));
  }
  EXPECT_THROW(read_tagged(folder.file("b.conll", "\n \n")), DataError);
}

TEST(ReadTagged, TellsInsidesWithoutABeginning) {
  const Folder folder;
  const auto file = read_tagged(folder.file("a.conll", "a\tO\nb\tI-x\n\nc\tB-x\nd\tI-y\n"));
  EXPECT_THAT(file.told, ElementsAre(HasSubstr("2 tags I-… follow no B-…")));
  EXPECT_THAT(file.told[0], HasSubstr("a.conll:1"));
}

TEST(ReadTagged, ReadsWordsWithTheirTagsBehindTheLastSlash) {
  const Folder folder;
  folder.file("ca01", "\n\n\tThe/at Fulton/np-tl 1/2/cd ./.\n\n\tNews/nn-tl-hl ``/``\n");
  folder.file("README", "The corpus\nof text/samples\n");
  folder.file("cats.txt", "ca01 news\n");
  folder.file("categories.pickle", std::string("a/b\0c/d e/f\n", 12));
  EXPECT_TRUE(looks_tagged(folder.path()));
  const auto file = read_tagged(folder.path());
  ASSERT_EQ(file.sentences.size(), 2u);
  EXPECT_THAT(file.sentences[0].words, ElementsAre("The", "Fulton", "1/2", "."));
  EXPECT_THAT(file.sentences[0].tags, ElementsAre("at", "np", "cd", "."));
  EXPECT_THAT(file.sentences[1].tags, ElementsAre("nn", "``"));
  EXPECT_EQ(file.sentences[1].line, 5);
}

TEST(ReadTagged, KnowsWhatIsNotTagged) {
  const Folder folder;
  EXPECT_FALSE(looks_tagged(folder.file("a.csv", "text,label\nsome words,1\n")));
  EXPECT_FALSE(looks_tagged(folder.file("b.txt", "A plain sentence.\nAnother one/two.\n")));
}

TEST(ToConll, IsReadBack) {
  const Folder folder;
  const auto file = read_tagged(folder.file("a.conll", "a\tO\nb\tB-x\n\nc\tO\n"));
  EXPECT_EQ(to_conll(file.sentences), "a\tO\nb\tB-x\n\nc\tO\n\n");
}

}  // namespace
}  // namespace tenfold::text
