// Translation as a user goes it, with the built programs: train, translate words, lines and files, evaluate, explain.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"
#include "tenfold/core/options.h"
#include "tests/text/digits.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;

class TranslationJourney : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new Folder;
    digits::write_pairs(pairs());
    std::vector<std::string> words = {"train", "--translate", pairs().string(), "--from", "digits", "--to", "en"};
    for (const auto& [flag, value] :
         std::map<std::string, std::string>{{"--translation.vocabulary", "60"},
                                            {"--translation.min_freq", "1"},
                                            {"--translation_model.transformer.width", "32"},
                                            {"--translation_model.transformer.heads", "2"},
                                            {"--translation_model.transformer.dropout", "0"},
                                            {"--translation_model.transformer.encoder_layers", "1"},
                                            {"--translation_model.transformer.decoder_layers", "1"},
                                            {"--bleu.every", "10"},
                                            {"--stage.1.ema", "0.95"},
                                            {"--epochs", "25"},
                                            {"--lr", "5e-3"},
                                            {"--batch", "32"},
                                            {"--threads", "1"},
                                            {"--precision", "fp32"},
                                            {"--out", run()}}) {
      words.push_back(flag);
      words.push_back(value);
    }
    trained_ = new Finished(run_words(words));
  }
  static void TearDownTestSuite() {
    delete trained_;
    delete folder_;
  }
  static fs::path pairs() { return *folder_ / "pairs"; }
  static std::string run() { return (*folder_ / "run").string(); }

  static inline Folder* folder_ = nullptr;
  static inline Finished* trained_ = nullptr;
};

TEST_F(TranslationJourney, TrainsAndTellsBleu) {
  ASSERT_EQ(trained_->code, 0) << trained_->err;
  EXPECT_THAT(trained_->out, HasSubstr("bleu"));
  EXPECT_THAT(trained_->err, HasSubstr("  bleu "));
}

TEST_F(TranslationJourney, TranslatesALineForALine) {
  ASSERT_EQ(trained_->code, 0) << trained_->err;
  const auto words = run_words({"predict", run(), "3 1 4 1", "2 7 1 8"});
  EXPECT_EQ(words.code, 0) << words.err;
  EXPECT_EQ(words.out, "three one four one\ntwo seven one eight\n");
  const auto lines = run_words({"predict", run(), "-", "--beam", "1"}, {.input = "3 1 4 1\n\n2 7 1 8\n"});
  EXPECT_EQ(lines.out, "three one four one\n\ntwo seven one eight\n") << lines.err;

  const auto source = (pairs() / "val.digits").string(), plain = (*folder_ / "val.hyp").string(),
             csv = (*folder_ / "val.csv").string();
  const auto file = run_words({"predict", run(), source, "--out", plain});
  EXPECT_THAT(file.out, HasSubstr("40 translations in ")) << file.err;
  EXPECT_EQ(slurp(plain), run_words({"predict", run(), source}).out);
  run_words({"predict", run(), source, "--out", csv});
  EXPECT_THAT(slurp(csv), testing::StartsWith("source,translation\n"));
  const auto json = run_words({"predict", run(), "3 1 4 1", "--json", "-"});
  EXPECT_EQ(Json::parse(json.out).at("translations").at(0).at("translation"), "three one four one") << json.out;

  const auto refused = run_words({"predict", run(), "3 1 4 1", "--top", "3"});
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("this model translates"));
}

TEST_F(TranslationJourney, EvaluatesAndExplainsOtherPairs) {
  ASSERT_EQ(trained_->code, 0) << trained_->err;
  const auto own = run_words({"evaluate", run(), "--json", "-"});
  const auto summary = Json::parse(slurp(fs::path(run()) / "summary.json"));
  EXPECT_EQ(Json::parse(own.out).at("bleu"), summary.at("test").at("bleu")) << own.err;
  const auto other = run_words({"evaluate", run(), "--data", (pairs() / "val").string(), "--beam", "1", "--json", "-"});
  const auto figures = Json::parse(other.out);
  EXPECT_EQ(figures.at("items"), 40);
  EXPECT_EQ(figures.at("beam"), 1);
  EXPECT_GT(figures.at("bleu"), 90);
  const auto explained = run_words({"explain", run(), "--split", "valid"});
  EXPECT_THAT(explained.out, HasSubstr("valid: BLEU ")) << explained.err;
  EXPECT_THAT(slurp(fs::path(run()) / "report.html"), HasSubstr("class=\"translations\""));
}

}  // namespace
}  // namespace tenfold::cli
