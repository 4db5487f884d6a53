#include "tenfold/text/bleu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

using Lines = std::vector<std::string>;

std::string cut(std::string_view line) {
  std::string all;
  for (const auto& token : tokens_13a(line)) all += (all.empty() ? "" : " ") + token;
  return all;
}

TEST(Bleu, TokensAreThoseOf13a) {  // tools/reference_bleu.py
  EXPECT_EQ(cut("Hello, world!"), "Hello , world !");
  EXPECT_EQ(cut("a..b"), "a . . b");
  EXPECT_EQ(cut("3.14 and 1,000,000."), "3.14 and 1,000,000 .");
  EXPECT_EQ(cut("it's 10-20 \"quoted\" &amp; &quot;x&quot; &lt;b&gt;"), "it's 10 - 20 \" quoted \" & \" x \" < b >");
  EXPECT_EQ(cut("end."), "end .");
  EXPECT_EQ(cut(".5 ,5 5. 5,"), ". 5 , 5 5 . 5 ,");
  EXPECT_EQ(cut("x-y 7-y -7"), "x-y 7 - y -7");
  EXPECT_EQ(cut("Größe 5 €, naïve. Ça va?"), "Größe 5 € , naïve . Ça va ?");
  EXPECT_EQ(cut("日本語。テスト."), "日本語。テスト .");
  EXPECT_EQ(cut("a\u00a0b\u2003c\u3000d"), "a b c d");
  EXPECT_EQ(cut("[a]{b}(c)/d\\e^f_g`h|i~j"), "[ a ] { b } ( c ) / d \\ e ^ f _ g ` h | i ~ j");
  EXPECT_EQ(cut("&amp;lt;"), "<");
  EXPECT_EQ(cut("U.S. vs. U.K."), "U . S . vs . U . K .");
  EXPECT_EQ(cut("..."), ". . .");
  EXPECT_EQ(cut("1.a a.1 1,a a,1"), "1 . a a . 1 1 , a a , 1");
  EXPECT_EQ(cut("a\tb  c "), "a b c");
  EXPECT_EQ(cut("<skipped>gone"), "gone");
  EXPECT_EQ(cut(""), "");
  EXPECT_EQ(cut("don't—do"), "don't—do");
  EXPECT_EQ(cut("#tag @you $5.00 +1 =2 <3 >2;:?"), "# tag @ you $ 5.00 + 1 = 2 < 3 > 2 ; : ?");
  EXPECT_EQ(cut("1..2"), "1 . . 2");
  EXPECT_EQ(cut("ä.ö,ü"), "ä . ö , ü");
}

TEST(Bleu, OfACorpusSumsItsCounts) {  // tools/reference_bleu.py
  const Lines hypotheses = {"The cat is on the mat.", "A man with a hat, 3.5 m tall.", "two dogs run",
                            "Ein Mann schläft in einem grünen Raum auf einem Sofa."};
  const Lines references = {"The cat is sitting on the mat.", "A man in a hat, 3.5 m tall!", "Two dogs are running .",
                            "Ein Mann schläft in einem grünen Zimmer auf einem Sofa."};
  const auto bleu = corpus_bleu(hypotheses, references);
  EXPECT_NEAR(bleu.score, 55.572489193530224, 1e-10);
  EXPECT_THAT(bleu.correct, testing::ElementsAre(26, 19, 13, 8));
  EXPECT_THAT(bleu.total, testing::ElementsAre(31, 27, 23, 19));
  EXPECT_EQ(bleu.hypothesis_length, 31);
  EXPECT_EQ(bleu.reference_length, 34);
  EXPECT_NEAR(bleu.brevity_penalty, std::exp(1 - 34.0 / 31), 1e-12);
  EXPECT_NEAR(corpus_bleu(references, references).score, 100, 1e-9);
}

TEST(Bleu, CaseCounts) {
  EXPECT_NEAR(corpus_bleu(Lines{"one two three four"}, Lines{"one two three four"}).score, 100, 1e-9);
  EXPECT_LT(corpus_bleu(Lines{"One two three four"}, Lines{"one two three four"}).score, 80);
}

TEST(Bleu, OfSeveralReferencesTakesTheMostAndTheNearestLength) {  // tools/reference_bleu.py
  BleuCounts counts;
  counts.add("the the the the the the the", Lines{"The cat is on the mat", "there is the cat on the mat there"});
  EXPECT_EQ(counts.bleu().correct[0], 2);        // the paper's example, section 2.1, with case
  EXPECT_EQ(counts.bleu().reference_length, 6);  // 6 and 8 are as near to 7: the shorter
  counts.add("a quick brown fox jumps",
             Lines{"the quick brown fox jumps over", "a fast brown fox leaps", "a quick fox"});
  EXPECT_NEAR(counts.bleu().score, 31.40084866979347, 1e-10);
  EXPECT_THROW(counts.add("a", Lines{}), Error);
}

TEST(Bleu, SmoothsOrdersWithoutAMatch) {
  // 4 of 5 words, no longer n-gram: (4/5 · 1/2/4 · 1/4/3 · 1/8/2)^(1/4).
  const auto bleu = corpus_bleu(Lines{"a b c x d"}, Lines{"a c b d e"});
  EXPECT_NEAR(bleu.score, 100 * std::pow(0.8 * 0.125 * (0.25 / 3) * 0.0625, 0.25), 1e-10);
  EXPECT_EQ(corpus_bleu(Lines{"x y z w"}, Lines{"a b c d"}).score, 0);  // nothing matches
  EXPECT_EQ(corpus_bleu(Lines{"a b c"}, Lines{"a b c"}).score, 0);      // no 4-gram at all
  EXPECT_EQ(corpus_bleu(Lines{""}, Lines{"a b c d"}).score, 0);
  EXPECT_EQ(corpus_bleu(Lines{}, Lines{}).score, 0);
}

TEST(Bleu, NeedsAReferenceForEachTranslation) { EXPECT_THROW(corpus_bleu(Lines{"a", "b"}, Lines{"a"}), Error); }

TEST(Bleu, OfFastaiSmoothsEachSentence) {  // tools/reference_bleu.py
  const std::vector<std::vector<int64_t>> hypotheses = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 4}};
  const std::vector<std::vector<int64_t>> references = {{1, 2, 3, 5, 4, 6, 7}, {7, 9, 8, 4}};
  EXPECT_NEAR(fastai_bleu(hypotheses, references), 0.28736095241233633, 1e-12);
  const std::vector<std::vector<int64_t>> one = {{1, 2, 3}};
  EXPECT_TRUE(std::isnan(fastai_bleu(one, one)));
}

}  // namespace
}  // namespace tenfold::text
