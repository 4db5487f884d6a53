#include "tenfold/text/translation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "small_pairs.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/rnn_translator.h"
#include "tenfold/train/callbacks/ema.h"
#include "tenfold/train/predictions.h"
#include "tests/train/small.h"

namespace tenfold::text {
namespace {

TranslatorOptions small_transformer() {
  return {
      .transformer = {.width = 32, .heads = 2, .hidden = 64, .encoder_layers = 1, .decoder_layers = 1, .dropout = 0}};
}

LearnerOptions training(int workers = 1, Precision precision = Precision::fp32) {
  auto options = translation_training();
  options.batch = 32;
  options.precision = precision;
  options.threads = 1;
  options.workers = workers;
  return options;
}

Plan plan(int epochs) { return {.lr = 5e-3, .shape = OneCycle{.epochs = static_cast<double>(epochs)}}; }

TEST(Translation, IsLearntFromPairs) {
  const auto data = turned_data();
  auto learn = translation_learner(data, small_transformer(), training());
  auto fit = plan(30);
  fit.callbacks = {ema({.decay = 0.98}), bleu_each(data, 30, {.every = 10})};
  learn.fit(fit);
  const auto& epochs = learn.record().epochs;
  ASSERT_EQ(epochs.size(), 30u);
  for (const auto& row : epochs) {
    EXPECT_EQ(row.metrics.contains("bleu"), row.epoch % 10 == 9) << row.epoch;
    EXPECT_NEAR(row.metrics.at("perplexity"), std::exp(*row.valid_loss), 1e-3 * row.metrics.at("perplexity"));
  }
  EXPECT_GT(epochs.back().metrics.at("accuracy"), 0.95);
  EXPECT_GT(epochs.back().metrics.at("bleu"), 90);
  EXPECT_GT(bleu_of(learn, data, Split::test).score, 90);
  EXPECT_GT(bleu_of(learn, data, Split::test, {.beam = 1}).score, 90);
  const std::vector<std::string> sentences = {"rot Hund sieht blau Katze", "klein Haus und Hund"};
  EXPECT_THAT(translate(learn, data.languages, sentences),
              testing::ElementsAre("cat blue sees dog red", "dog and house small"));

  const std::vector<std::string> sources = {"rot Hund sieht blau Katze"}, targets = {"cat blue sees dog red"};
  const auto maps = attention_maps(learn, data.languages, sources, targets);
  ASSERT_EQ(maps.size(), 1u);
  EXPECT_EQ(maps[0].target.back(), "</s>");
  ASSERT_EQ(maps[0].weights.size(), maps[0].target.size());
  for (const auto& row : maps[0].weights) {
    ASSERT_EQ(row.size(), maps[0].source.size());
    double sum = 0;
    for (const float weight : row) sum += static_cast<double>(weight);
    EXPECT_NEAR(sum, 1, 1e-5);
  }
  // The word order is turned round, and so is where it looks: the first word that it writes comes from the end.
  const auto& first = maps[0].weights.front();
  EXPECT_GE(std::max_element(first.begin(), first.end()) - first.begin(), 3);
}

TEST(Translation, IsLearntByGrusToo) {
  const auto data = turned_data();
  TranslatorOptions model{.kind = TranslatorKind::rnn, .label_smoothing = 0};
  model.rnn = {.embedding = 32,
               .hidden = 32,
               .layers = 1,
               .forcing_decay = 0.05,
               .embedding_dropout = 0,
               .encoder_dropout = 0,
               .decoder_dropout = 0,
               .output_dropout = 0};
  auto learn = translation_learner(data, model, training());
  auto fit = plan(20);
  fit.callbacks = {teacher_forcing()};
  learn.fit(fit);
  EXPECT_GT(learn.record().epochs.back().metrics.at("accuracy"), 0.9);
  EXPECT_GT(bleu_of(learn, data, Split::test).score, 80);
}

TEST(Translation, IsPlainLossWhateverTheSmoothing) {
  const auto data = turned_data(64);
  auto model = small_transformer();
  const auto loss = [&](double smoothing) {
    model.label_smoothing = smoothing;
    auto learn = translation_learner(data, model, training());
    return evaluate(learn.task(), predict(learn, Split::valid), {}).loss;
  };
  EXPECT_EQ(loss(0), loss(0.3));
}

TEST(Translation, HasTheSameBitsForAnyWorkersAndAfterAResume) {
  const auto data = turned_data(128);
  auto model = small_transformer();
  model.transformer.dropout = 0.2;
  for (const auto precision : {Precision::fp32, Precision::bf16}) {
    auto straight = translation_learner(data, model, training(1, precision));
    straight.fit(plan(2));
    const auto expected = nn::hash_of(nn::state_of(straight.model()));
    auto other = translation_learner(data, model, training(3, precision));
    other.fit(plan(2));
    EXPECT_EQ(nn::hash_of(nn::state_of(other.model())), expected);

    auto killed = translation_learner(data, model, training(1, precision));
    std::optional<Learner::Snapshot> taken;
    Callback cut{.name = "cut"};
    cut.on_step = [&](StepContext& context) {
      if (context.row.step != 5) return Next::go_on;
      taken = context.learner.snapshot();
      return Next::stop;
    };
    auto part = plan(2);
    part.callbacks = {cut};
    killed.fit(part);
    ASSERT_TRUE(taken);
    auto resumed = translation_learner(data, model, training(1, precision));
    resumed.restore(*taken);
    resumed.fit(plan(2));
    EXPECT_EQ(nn::hash_of(nn::state_of(resumed.model())), expected);
  }
}

TEST(AttentionMap, OfWordsSumsTheSourcesPiecesAndAveragesTheTargets) {
  const AttentionMap pieces{.source = {"▁Hun", "d", "▁läuft", ".", "</s>"},
                            .target = {"▁do", "g", "</s>"},
                            .weights = {{0.5F, 0.25F, 0.25F, 0, 0}, {0.25F, 0, 0.5F, 0.25F, 0}, {0, 0, 0, 0, 1}}};
  const auto words = by_words(pieces);
  EXPECT_THAT(words.source, testing::ElementsAre("Hund", "läuft.", "</s>"));
  EXPECT_THAT(words.target, testing::ElementsAre("dog", "</s>"));
  ASSERT_EQ(words.weights.size(), 2u);
  EXPECT_THAT(words.weights[0], testing::ElementsAre(0.5F, 0.5F, 0));
  EXPECT_THAT(words.weights[1], testing::ElementsAre(0, 0, 1));
}

TEST(Translation, OfAnySentenceEnds) {
  const auto data = turned_data(32);
  auto learn = translation_learner(data, small_transformer(), training());
  std::string longest;
  for (int k = 0; k < 300; ++k) longest += "Hund ";
  const std::vector<std::string> sentences = {"", "Hund", longest, "\xFF\xFE", "völlig unbekannt 語"};
  EXPECT_EQ(translate(learn, data.languages, sentences, {.beam = 3, .batch = 2}).size(), sentences.size());
  EXPECT_THROW(translate(learn, data.languages, sentences, {.beam = 0}), ConfigError);
  EXPECT_THROW(translate(learn, data.languages, sentences, {.batch = 0}), ConfigError);
  const std::vector<std::string> blank = {"", " \t"};
  EXPECT_THAT(translate(learn, data.languages, blank), testing::ElementsAre("", ""));
}

TEST(Translation, RefusesLearnersOfOtherThings) {
  auto images = small::learner();
  const std::vector<std::string> sentences = {"Hund"};
  EXPECT_THROW(translate(images, turned_data(8).languages, sentences), ConfigError);
  EXPECT_THROW(bleu_each(turned_data(8), 3, {.every = 0}), ConfigError);
}

TEST(TranslationOptions, ReadAsTheyAreWritten) {
  TranslatorOptions options;
  assign_text(options, "kind", "rnn");
  assign_text(options, "rnn.reading", "forward");
  assign_text(options, "transformer.width", "512");
  EXPECT_EQ(options.kind, TranslatorKind::rnn);
  EXPECT_EQ(options.rnn.reading, Reading::forward);
  EXPECT_EQ(options.transformer.width, 512);
  for (const auto& field : describe(PairOptions{})) EXPECT_FALSE(field.help.empty()) << field.path;
  for (const auto& field : describe(SearchOptions{})) EXPECT_FALSE(field.help.empty()) << field.path;
}

}  // namespace
}  // namespace tenfold::text
