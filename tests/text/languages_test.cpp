// Languages come back from what a model file holds, and number as they did.

#include "tenfold/text/languages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_pairs.h"
#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

std::vector<int32_t> ids_of(const Language& language, const std::vector<std::string>& sentences) {
  return numbered(sentences, language, 100, Frame::begin_and_end).ids;
}

TEST(Languages, ComeBackFromTheirTree) {
  const std::vector<std::string> sentences = {"rot Hund", "Katze sieht dog", "völlig fremd", ""};
  for (const auto units : {PairUnits::bpe, PairUnits::words})
    for (const auto vocabularies : {Vocabularies::joint, Vocabularies::separate}) {
      const PairOptions options{.source = "de",
                                .target = "en",
                                .units = units,
                                .vocabularies = vocabularies,
                                .vocabulary = 60,
                                .min_freq = 1,
                                .lower_case = units == PairUnits::words};
      const auto learnt = learn_languages(turned_sentences(50, 1), options);
      const auto tree = Json::parse(to_json(learnt).dump());
      EXPECT_EQ(tree.contains("both"), vocabularies == Vocabularies::joint);
      const auto read = languages_of(tree, options, "m.safetensors");
      EXPECT_EQ(ids_of(read.source, sentences), ids_of(learnt.source, sentences));
      EXPECT_EQ(ids_of(read.target, sentences), ids_of(learnt.target, sentences));
      EXPECT_EQ(read.target.vocab.fingerprint(), learnt.target.vocab.fingerprint());
    }
}

TEST(Languages, NumberInTheirFrame) {
  const auto learnt = learn_languages(turned_sentences(50, 1), {.vocabulary = 60, .min_freq = 1});
  const std::vector<std::string> sentences = {"red dog and blue cat", ""};
  const auto source = numbered(sentences, learnt.source, 2, Frame::end);
  ASSERT_EQ(source.size(), 2);
  EXPECT_EQ(source.length(0), 3) << "two tokens and the end";
  EXPECT_EQ(source[1][0], kEndToken);
  const auto target = numbered(sentences, learnt.target, 2, Frame::begin_and_end);
  EXPECT_EQ(target[0][0], kBeginToken);
  EXPECT_EQ(target.length(1), 2);
}

TEST(Languages, OfABrokenFileAreRefused) {
  const PairOptions options{.vocabulary = 60, .min_freq = 1};
  const auto good = to_json(learn_languages(turned_sentences(50, 1), options));
  const auto problem = [&](const Json& tree) -> std::string {
    try {
      languages_of(tree, options, "m.safetensors");
    } catch (const DataError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(problem(Json::object()), testing::HasSubstr("m.safetensors"));
  Json without = good;
  without["both"].erase("merges");
  EXPECT_NE(problem(without), "accepted");
  Json twice = good;
  twice["both"]["tokens"][5] = twice["both"]["tokens"][4];
  EXPECT_NE(problem(twice), "accepted");
  Json bare = good;
  bare["both"]["tokens"] = {"a", "b"};
  EXPECT_THAT(problem(bare), testing::HasSubstr("<pad>"));
}

}  // namespace
}  // namespace tenfold::text
