// Encoder, pooling and head in training: learns a rule, freezes, precomputes, and repeats itself to the bit.

#include "tenfold/text/encoder_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/text/token_dataset.h"
#include "tenfold/train/precompute.h"
#include "tenfold/train/predictions.h"
#include "tests/text/folder.h"

namespace tenfold::text {
namespace {

constexpr const char* kConfig = R"({"model_type": "bert", "num_hidden_layers": 2, "hidden_size": 32,
  "num_attention_heads": 4, "intermediate_size": 64, "vocab_size": 40, "max_position_embeddings": 24,
  "type_vocab_size": 2, "pad_token_id": 0, "layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1,
  "attention_probs_dropout_prob": 0.1})";

/// Texts of 3 to 14 tokens; class 1 where token 7 comes before token 9, class 0 where it comes after: order matters.
std::shared_ptr<const Dataset> texts(int64_t n, uint64_t seed) {
  TokenTexts all;
  std::vector<std::string> names;
  std::vector<int64_t> label;
  for (int64_t k = 0; k < n; ++k) {
    Draw draw(seed, 0, static_cast<uint64_t>(k), Purpose::other);
    std::vector<int32_t> ids = {2};
    const int64_t length = 4 + draw.below(9);
    for (int64_t t = 0; t < length; ++t) ids.push_back(static_cast<int32_t>(10 + draw.below(30)));
    const int64_t first = 1 + draw.below(length - 1), second = first + 1 + draw.below(length - first);
    label.push_back(k % 2);
    ids[static_cast<size_t>(first)] = k % 2 ? 7 : 9;
    ids[static_cast<size_t>(second)] = k % 2 ? 9 : 7;
    ids.push_back(3);
    all.add(ids);
    names.push_back(std::to_string(k + 1));
  }
  return std::make_shared<TokenDataset>(std::move(all), std::move(names), at::tensor(label, at::kLong), 0);
}

TextData two_classes() {
  TextData data;
  data.data.train = texts(512, 1);
  data.data.valid = texts(64, 2);
  data.data.classes = {"after", "before"};
  data.task.classes = 2;
  return data;
}

LearnerOptions options(Precision precision) { return {.batch = 16, .seed = 3, .precision = precision, .threads = 2}; }

double accuracy(Learner& learner) {
  const auto predictions = predict(learner, Split::valid);
  return evaluate(learner.task(), predictions, {"accuracy"}).metrics.at("accuracy");
}

TEST(EncoderLearner, LearnsWhatOnlyAttentionAndPositionsTell) {
  const Folder folder;
  folder.file("config.json", kConfig);
  auto learner = encoder_learner(
      two_classes(), {.weights = folder.path(), .dropout = {0.0}, .hidden_dropout = 0.0, .attention_dropout = 0.0},
      options(Precision::automatic));
  EXPECT_EQ(learner.frozen(), 0);  // nothing pretrained, nothing to freeze
  learner.fit({.lr = 3e-3, .shape = OneCycle{.epochs = 16}});
  EXPECT_GT(accuracy(learner), 0.9);
}

TEST(EncoderLearner, RepeatsItselfToTheBit) {
  const Folder folder;
  folder.file("config.json", kConfig);
  const auto run = [&] {
    auto learner = encoder_learner(two_classes(), {.weights = folder.path()}, options(Precision::bf16));
    learner.fit({.lr = 1e-3, .shape = OneCycle{.epochs = 1}});
    return nn::hash_of(nn::state_of(learner.model()));
  };
  EXPECT_EQ(run(), run());
}

TEST(EncoderLearner, FreezesPretrainedBodiesAndPrecomputesTheirFeatures) {
  const Folder folder;
  folder.file("config.json", kConfig);
  TransformerEncoder source(read_encoder_shape(folder.path() + "/config.json"), Pooling::mean);
  source.initialise(5);
  nn::write_safetensors(folder.path() + "/model.safetensors", nn::state_of(source));
  auto learner = encoder_learner(two_classes(), {.weights = folder.path()}, options(Precision::fp32));
  EXPECT_EQ(learner.frozen(), 3);
  auto head = precompute(learner);
  const auto whole = predict(learner, Split::valid), part = predict(head, Split::valid);
  EXPECT_EQ(whole.names, part.names);
  EXPECT_TRUE(at::allclose(whole.activated, part.activated, 1e-4, 1e-5));
  head.fit({.lr = 1e-2, .shape = OneCycle{.epochs = 2}});
  adopt_head(learner, head);
  EXPECT_TRUE(
      at::allclose(predict(learner, Split::valid).activated, predict(head, Split::valid).activated, 1e-4, 1e-5));
}

TEST(EncoderLearner, PutsPredictionsBackInTheOrderOfTheData) {
  const Folder folder;
  folder.file("config.json", kConfig);
  auto learner = encoder_learner(two_classes(), {.weights = folder.path()}, options(Precision::fp32));
  const auto predictions = predict(learner, Split::valid);
  for (int64_t k = 0; k < 64; ++k) {
    EXPECT_EQ(predictions.names[static_cast<size_t>(k)], std::to_string(k + 1));
    EXPECT_EQ(predictions.target[k].item<int64_t>(), k % 2);
  }
}

TEST(EncoderLearner, TakesAHeadWithoutNorms) {
  const Folder folder;
  folder.file("config.json", kConfig);
  auto learner = encoder_learner(two_classes(), {.weights = folder.path(), .hidden = {8}, .head_norm = false},
                                 options(Precision::fp32));
  const auto state = nn::state_of(*learner.model().head_module());
  EXPECT_TRUE(state.contains("linear1.bias") && state.contains("linear2.bias"));
  EXPECT_FALSE(state.contains("norm1.weight"));
}

TEST(EncoderLearner, RefusesTextsLongerThanItsPositions) {
  const Folder folder;
  folder.file("config.json", kConfig);
  TextData data = two_classes();
  TokenTexts one;
  one.add(std::vector<int32_t>(25, 5));
  data.data.test = std::make_shared<TokenDataset>(one, std::vector<std::string>{"9"}, at::Tensor(), 0);
  EXPECT_THROW(encoder_learner(data, {.weights = folder.path()}, options(Precision::fp32)), ConfigError);
}

}  // namespace
}  // namespace tenfold::text
