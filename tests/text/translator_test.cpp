// Both networks: what they say of a pair does not depend on its batch, and writing a token at a time says the same.

#include "tenfold/text/translator.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "small_pairs.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/layers.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/rnn_translator.h"
#include "tenfold/text/transformer.h"

namespace tenfold::text {
namespace {

TranslatorOptions transformer_options() {
  return {
      .transformer = {.width = 32, .heads = 2, .hidden = 48, .encoder_layers = 2, .decoder_layers = 2, .dropout = 0.1}};
}

TranslatorOptions rnn_options(Reading reading, bool attention) {
  TranslatorOptions o{.kind = TranslatorKind::rnn};
  o.rnn.embedding = 24;
  o.rnn.hidden = 20;
  o.rnn.reading = reading;
  o.rnn.attention = attention;
  return o;
}

struct Named {
  std::string name;
  TranslatorOptions options;
};

std::vector<Named> all_kinds() {
  return {{"transformer", transformer_options()},
          {"gru", rnn_options(Reading::forward, false)},
          {"gru both ways with attention", rnn_options(Reading::both, true)}};
}

std::shared_ptr<Translator> made(const TranslatorOptions& options, const PairData& data, Vocabularies vocabularies) {
  return make_translator(options, data.languages.source.vocab.size(), data.languages.target.vocab.size(), vocabularies,
                         7);
}

std::vector<at::Tensor> batch_of(const PairData& data, int64_t n) {
  const auto& set = data.pairs(Split::train);
  std::vector<Sample> samples;
  std::vector<int64_t> index(static_cast<size_t>(n));
  std::iota(index.begin(), index.end(), 0);
  for (const int64_t k : index) samples.push_back(set.get(k, std::nullopt));
  return set.collate(samples, index).x;
}

TEST(Translator, SaysTheSameOfAPairAloneAndInABatch) {
  const auto data = turned_data(20);
  const auto x = batch_of(data, 9);
  const at::NoGradGuard no_grad;
  for (const auto& [name, options] : all_kinds()) {
    const auto model = made(options, data, Vocabularies::joint);
    model->eval();
    const auto together = model->forward(x);
    ASSERT_EQ(together.sizes(), (std::vector<int64_t>{9, 2}));
    for (int64_t k = 0; k < 9; ++k) {
      const int64_t source = x[1][k].item<int64_t>(), target = x[3][k].item<int64_t>();
      const auto alone = model->forward({x[0].narrow(0, k, 1).narrow(1, 0, source), x[1].narrow(0, k, 1),
                                         x[2].narrow(0, k, 1).narrow(1, 0, target), x[3].narrow(0, k, 1)});
      EXPECT_NEAR(alone[0][0].item<double>(), together[k][0].item<double>(), 1e-4) << name;
      EXPECT_EQ(alone[0][1].item<double>(), together[k][1].item<double>()) << name;
    }
  }
}

/// Feeds the right tokens to both rows of each sentence, swaps rows and drops sentences on the way.
TEST(Translator, WritesTokenByTokenWhatItScoresAtOnce) {
  const auto data = turned_data(20);
  const auto x = batch_of(data, 5);
  const at::NoGradGuard no_grad;
  for (const auto& [name, options] : all_kinds()) {
    const auto model = made(options, data, Vocabularies::joint);
    model->eval();
    const auto expected = model->forward(x);
    const auto decoder = model->decoder(x[0], x[1], 2);
    std::vector<int64_t> open = {0, 1, 2, 3, 4};
    std::vector<double> sums(5, 0);
    for (int64_t t = 0; !open.empty(); ++t) {
      std::vector<int64_t> tokens, rows;
      for (const int64_t k : open) tokens.insert(tokens.end(), 2, x[2][k][t].item<int64_t>());
      const auto scores = decoder->step(at::tensor(tokens, at::kLong));
      std::vector<int64_t> still;
      for (size_t k = 0; k < open.size(); ++k) {
        const int64_t item = open[k], row = 2 * static_cast<int64_t>(k) + t % 2;
        sums[static_cast<size_t>(item)] -= scores[row][x[2][item][t + 1].item<int64_t>()].item<double>();
        if (t + 2 >= x[3][item].item<int64_t>()) continue;
        still.push_back(item);
        rows.insert(rows.end(), {2 * static_cast<int64_t>(k) + 1, 2 * static_cast<int64_t>(k)});
      }
      open = still;
      if (!open.empty()) decoder->select(at::tensor(rows, at::kLong));
    }
    for (int64_t k = 0; k < 5; ++k)
      EXPECT_NEAR(sums[static_cast<size_t>(k)] / static_cast<double>(x[3][k].item<int64_t>() - 1),
                  expected[k][0].item<double>(), 2e-4)
          << name;
  }
}

TEST(Translator, GivesAttentionThatSumsToOne) {
  const auto data = turned_data(20);
  const auto x = batch_of(data, 4);
  for (const auto& options : {transformer_options(), rnn_options(Reading::both, true)}) {
    const auto model = made(options, data, Vocabularies::joint);
    model->eval();
    const auto weights = model->attention(x);
    ASSERT_EQ(weights.sizes(), (std::vector<int64_t>{4, x[2].size(1) - 1, x[0].size(1)}));
    for (int64_t k = 0; k < 4; ++k) {
      const int64_t source = x[1][k].item<int64_t>(), written = x[3][k].item<int64_t>() - 1;
      const auto own = weights[k].narrow(0, 0, written);
      EXPECT_LT((own.sum(1) - 1).abs().max().item<double>(), 1e-5);
      EXPECT_LT(own.narrow(1, source, x[0].size(1) - source).abs().sum().item<double>(), 1e-6);
    }
  }
  const auto without = made(rnn_options(Reading::forward, false), data, Vocabularies::joint);
  EXPECT_THROW(without->attention(x), ConfigError);
}

TEST(Translator, SharesItsTablesOrNot) {
  auto options = PairOptions{
      .source = "de", .target = "en", .vocabularies = Vocabularies::separate, .vocabulary = 60, .min_freq = 1};
  const auto apart = make_pairs(turned_sentences(20, 1), {}, {}, options);
  for (const auto& [name, kind] : all_kinds()) {
    const auto model = made(kind, apart, Vocabularies::separate);
    const auto state = nn::state_of(*model);
    EXPECT_EQ(state.at("source_embedding.weight").size(0), apart.languages.source.vocab.size()) << name;
    EXPECT_EQ(state.at("target_embedding.weight").size(0), apart.languages.target.vocab.size()) << name;
    EXPECT_EQ(model->groups().size(), 3u);
  }
  const auto joint = turned_data(20);
  EXPECT_TRUE(nn::state_of(*made(transformer_options(), joint, Vocabularies::joint)).contains("embedding.weight"));
}

TEST(Translator, DrawsItsMasksFromTheStep) {
  const auto data = turned_data(20);
  const auto x = batch_of(data, 6);
  const at::NoGradGuard no_grad;
  for (const auto& [name, options] : all_kinds()) {
    const auto model = made(options, data, Vocabularies::joint);
    model->train();
    if (auto* rnn = dynamic_cast<RnnTranslator*>(model.get())) rnn->force(0.5);
    const auto at_step = [&](uint64_t step) {
      nn::reseed(*model, 1, step);
      return model->forward(x);
    };
    const auto first = at_step(3);
    EXPECT_TRUE(at::equal(first, at_step(3))) << name;
    EXPECT_FALSE(at::equal(first, at_step(4))) << name;
  }
}

TEST(Translator, OfGrusGoesOnWithItsOwnWordsWhereItIsNotForced) {
  const auto data = turned_data(20);
  auto options = rnn_options(Reading::both, true);
  const auto x = batch_of(data, 6);
  const at::NoGradGuard no_grad;
  const auto forced = made(options, data, Vocabularies::joint);
  options.rnn.validate_forced = false;
  const auto free = made(options, data, Vocabularies::joint);
  forced->eval(), free->eval();
  EXPECT_FALSE(at::allclose(forced->forward(x), free->forward(x)));
}

TEST(Translator, NamesTheOptionThatCannotWork) {
  const auto refused = [](const TranslatorOptions& options) -> std::string {
    try {
      make_translator(options, 50, 50, Vocabularies::joint, 1);
    } catch (const ConfigError& error) {
      return error.option;
    }
    return "";
  };
  EXPECT_EQ(refused(transformer_options()), "");
  EXPECT_EQ(refused({.transformer = {.width = 40, .heads = 4}}), "translation_model.transformer.heads");
  EXPECT_EQ(refused({.transformer = {.decoder_layers = 0}}), "translation_model.transformer.decoder_layers");
  EXPECT_EQ(refused({.label_smoothing = 1}), "translation_model.label_smoothing");
  EXPECT_EQ(refused({.transformer = {.dropout = 1.5}}), "dropout");
  auto rnn = rnn_options(Reading::forward, true);
  rnn.rnn.forcing = 2;
  EXPECT_EQ(refused(rnn), "translation_model.rnn.forcing");
  EXPECT_THROW(make_translator(transformer_options(), 50, 60, Vocabularies::joint, 1), ConfigError);
}

TEST(Gru, IsPyTorchsCell) {
  Gru gru(3, 4);
  const at::NoGradGuard no_grad;
  double phase = 0;
  for (auto& parameter : gru.parameters())
    parameter.copy_(at::sin(at::arange(parameter.numel(), at::kFloat) * 0.9 + (phase += 0.4)).view(parameter.sizes()));
  const auto state = nn::state_of(gru);
  const auto x = at::sin(at::arange(6, at::kFloat)).view({2, 3}), h = at::cos(at::arange(8, at::kFloat)).view({2, 4});
  const auto expected = at::gru_cell(x, h, state.at("input.weight"), state.at("hidden.weight"), state.at("input.bias"),
                                     state.at("hidden.bias"));
  EXPECT_TRUE(at::allclose(gru.step(x, h), expected, 1e-5, 1e-6));
}

}  // namespace
}  // namespace tenfold::text
