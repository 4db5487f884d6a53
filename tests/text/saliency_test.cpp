// Saliency against differences: what the logit does where a token's vector is scaled a little.

#include "tenfold/text/saliency.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

std::shared_ptr<EncoderModel> small_model(int64_t vocabulary) {
  const EncoderShape shape{.layers = 2,
                           .width = 24,
                           .heads = 3,
                           .inner = 48,
                           .vocabulary = vocabulary,
                           .positions = 20,
                           .hidden_dropout = 0.5};
  auto model =
      make_encoder_model(shape, {.head_norm = false}, {.classes = 3}, EncoderModel::Rows::texts, at::kFloat, 1);
  model->body().initialise(2);
  const at::NoGradGuard no_grad;
  for (auto& parameter : model->parameters())
    if (parameter.dim() == 2) parameter.mul_(8);  // far from linear
  return model;
}

TEST(TokenSaliency, IsWhatScalingAVectorDoesToTheLogit) {
  const auto model = small_model(30);
  const auto ids = at::tensor({2, 9, 17, 5, 3}, at::kLong);
  const auto found = token_saliency(*model, ids, 1);
  EXPECT_TRUE(model->is_training());
  for (const auto& parameter : model->parameters()) EXPECT_FALSE(parameter.grad().defined());
  model->eval();
  const at::NoGradGuard no_grad;
  const auto tokens = packed(ids.unsqueeze(0), at::tensor({5}, at::kLong));
  const auto words = model->body().words(tokens);
  for (int64_t k = 0; k < 5; ++k) {
    const auto logit = [&](double scale) {
      auto scaled = words.clone();
      scaled[k].mul_(scale);
      return model->logits_of_words(scaled, tokens)[0][1].item<double>();
    };
    constexpr double kStep = 0.01;
    EXPECT_NEAR(found[k].item<double>(), (logit(1 + kStep) - logit(1 - kStep)) / (2 * kStep), 2e-3) << k;
  }
  EXPECT_THROW(token_saliency(*model, ids, 3), ConfigError);
}

TEST(Saliency, PutsThePiecesOfAWordTogether) {
  const Folder folder;
  const WordPiece pieces(folder.file("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nwonder\n##ful\nfilm\n!\n"));
  const auto model = small_model(pieces.vocabulary().size());
  const auto words = saliency(*model, pieces, "A wonderful film!", 0, 16);
  ASSERT_EQ(words.size(), 4u);
  EXPECT_EQ(words[1].word, "wonderful");
  EXPECT_EQ(words[3].word, "!");
  const auto weights = token_saliency(*model, at::tensor({2, 4, 5, 6, 7, 8, 3}, at::kLong), 0);
  EXPECT_NEAR(words[1].weight, (weights[2] + weights[3]).item<double>(), 1e-6);
}

}  // namespace
}  // namespace tenfold::text
