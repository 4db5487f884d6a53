#include "tenfold/nn/sequence_dropout.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tenfold/core/error.h"

namespace tenfold::nn {
namespace {

TEST(SequenceDropout, KeepsAMaskThroughTime) {
  VariationalDropout dropout(0.4);
  dropout->reseed(7);
  const auto y = dropout(at::ones({9, 20, 50}));
  EXPECT_TRUE(at::equal(y, y[0].unsqueeze(0).expand_as(y)));
  const auto mask = y[0];
  EXPECT_TRUE(((mask == 0) | (mask - 1 / 0.6).abs().lt(1e-6)).all().item<bool>());
  EXPECT_NEAR(mask.mean().item<double>(), 1, 0.08);            // 1000 draws: three deviations
  EXPECT_FALSE(at::equal(mask[0], mask[1]));                   // each row has its own
  EXPECT_FALSE(at::equal(dropout(at::ones({9, 20, 50})), y));  // and each call
  dropout->reseed(7);
  EXPECT_TRUE(at::equal(dropout(at::ones({9, 20, 50})), y));  // but a step can be repeated
}

TEST(SequenceDropout, DropsWeightsAndGivesTheirGradientsToTheRawOnes) {
  WeightDrop drop(0.5);
  drop->reseed(3);
  const auto raw = at::rand({40, 30}).add_(0.5).requires_grad_();
  const auto w = drop(raw, at::kFloat);
  w.sum().backward();
  const auto kept = w.detach() != 0;
  EXPECT_NEAR(kept.to(at::kFloat).mean().item<double>(), 0.5, 0.05);
  EXPECT_TRUE(at::allclose(w.detach(), at::where(kept, raw.detach() * 2, at::zeros({}))));
  EXPECT_TRUE(at::equal(raw.grad(), kept.to(at::kFloat) * 2));
  EXPECT_EQ(drop(raw, at::kBFloat16).scalar_type(), at::kBFloat16);
}

TEST(SequenceDropout, DropsAWordEverywhere) {
  EmbeddingDropout dropout(0.5);
  dropout->reseed(11);
  const auto weight = at::rand({30, 4}).add_(0.5).requires_grad_();
  const auto tokens = at::randint(30, {6, 25}, at::kLong);
  const auto rows = dropout(weight, tokens, 1);
  std::vector<int> state(30, -1);  // -1 not seen, 0 dropped, 1 kept
  for (int64_t k = 0; k < tokens.numel(); ++k) {
    const auto id = tokens.view(-1)[k].item<int64_t>();
    const auto row = rows.detach().view({-1, 4})[k];
    const int kept = row.abs().sum().item<double>() > 0;
    if (state[static_cast<size_t>(id)] >= 0) EXPECT_EQ(state[static_cast<size_t>(id)], kept) << id;
    state[static_cast<size_t>(id)] = kept;
    if (kept) EXPECT_TRUE(at::allclose(row, weight.detach()[id] * 2));
  }
  EXPECT_GT(std::count(state.begin(), state.end(), 0), 3);
  EXPECT_GT(std::count(state.begin(), state.end(), 1), 3);
  rows.sum().backward();
  EXPECT_EQ(weight.grad()[1].abs().sum().item<double>(), 0);  // padding learns nothing
}

TEST(SequenceDropout, IsTheIdentityInEvaluation) {
  VariationalDropout features(0.5);
  WeightDrop weights(0.5);
  EmbeddingDropout words(0.5);
  features->eval(), weights->eval(), words->eval();
  const auto x = at::rand({3, 4, 5}), w = at::rand({6, 5});
  const auto tokens = at::randint(6, {3, 4}, at::kLong);
  EXPECT_TRUE(at::equal(features(x), x));
  EXPECT_TRUE(at::equal(weights(w, at::kFloat), w));
  EXPECT_TRUE(at::equal(words(w, tokens, 1), at::embedding(w, tokens)));
}

TEST(SequenceDropout, RefusesAShareOfAll) {
  EXPECT_THROW(WeightDrop(1.0), ConfigError);
  EXPECT_THROW(VariationalDropout(-0.1), ConfigError);
}

}  // namespace
}  // namespace tenfold::nn
