#include "tenfold/text/generate.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <map>
#include <set>

#include "stream_scene.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::text {
namespace {

/// Shared, as the Learner holds a model.
std::shared_ptr<AwdLstm> model() {
  return std::make_shared<AwdLstm>(33, AwdLstmOptions{.embedding = 8, .hidden = 10, .layers = 2}, 2, at::kFloat, 1);
}

/// A model that says `logits`, whatever it reads: the decoder's bias, and an embedding of zeros.
std::shared_ptr<AwdLstm> that_says(const std::vector<float>& logits) {
  auto made = model();
  const at::NoGradGuard no_grad;
  made->named_parameters()["0.encoder.weight"].zero_();
  made->named_parameters()["1.decoder.bias"].copy_(at::tensor(logits));
  return made;
}

TEST(Generate, TheSameSeedWritesTheSame) {
  auto network = model();
  const auto vocab = scene::vocab();
  const auto state = nn::hash_of(nn::state_of(*network));
  const auto once = generate(*network, vocab, {2, 12}, {.tokens = 40});
  EXPECT_EQ(once.size(), 40u);
  EXPECT_EQ(generate(*network, vocab, {2, 12}, {.tokens = 40}), once);
  EXPECT_NE(generate(*network, vocab, {2, 12}, {.tokens = 40, .seed = 43}), once);
  EXPECT_EQ(nn::hash_of(nn::state_of(*network)), state);
  EXPECT_TRUE(network->is_training());  // as it was
  auto half = generate(*network, vocab, {2, 12}, {.tokens = 20});
  EXPECT_TRUE(std::equal(half.begin(), half.end(), once.begin()));  // token k is keyed by k
}

TEST(Generate, DrawsByProbability) {
  std::vector<float> logits(33, -30.0f);
  logits[10] = std::log(0.5f), logits[20] = std::log(0.3f), logits[30] = std::log(0.2f);
  auto network = that_says(logits);
  const auto shares = [&](const GenerateOptions& options) {
    std::map<int32_t, double> share;
    for (const auto id : generate(*network, scene::vocab(), {2}, options)) share[id] += 1.0 / 2000;
    return share;
  };
  const auto plain = shares({.tokens = 2000, .temperature = 1});
  EXPECT_NEAR(plain.at(10), 0.5, 0.04);
  EXPECT_NEAR(plain.at(20), 0.3, 0.04);
  const auto cold = shares({.tokens = 2000, .temperature = 0.5});  // squares: 25, 9, 4
  EXPECT_NEAR(cold.at(10), 25.0 / 38, 0.04);
  EXPECT_NEAR(cold.at(30), 4.0 / 38, 0.03);
  const auto two = shares({.tokens = 2000, .temperature = 1, .top_k = 2});
  EXPECT_EQ(two.count(30), 0u);
  EXPECT_NEAR(two.at(20), 0.375, 0.04);
  const auto likely = shares({.tokens = 2000, .temperature = 1, .min_p = 0.4});
  EXPECT_EQ(likely.size(), 1u);
  const auto none = shares({.tokens = 2000, .temperature = 1, .min_p = 0.6});  // none is: all stay
  EXPECT_EQ(none.size(), 3u);
}

TEST(Generate, NeverWritesWhatIsNoWord) {
  std::vector<float> logits(33, 0.0f);
  logits[0] = logits[1] = 50;  // unknown and padding
  auto network = that_says(logits);
  for (const auto id : generate(*network, scene::vocab(), {2}, {.tokens = 200, .temperature = 1})) EXPECT_GT(id, 1);
}

TEST(Generate, TheContextCounts) {
  auto network = model();
  {
    const at::NoGradGuard no_grad;
    for (auto& parameter : network->parameters()) parameter.mul_(10);  // strong opinions
  }
  std::set<std::vector<int32_t>> texts;
  for (const int32_t first : {9, 10, 11})
    texts.insert(generate(*network, scene::vocab(), {2, first}, {.tokens = 30, .temperature = 0.5}));
  EXPECT_GT(texts.size(), 1u);
}

TEST(Generate, RefusesWhatCannotWork) {
  auto network = model();
  const auto vocab = scene::vocab();
  EXPECT_THROW(generate(*network, vocab, {}, {}), ConfigError);
  EXPECT_THROW(generate(*network, vocab, {2}, {.temperature = 0}), ConfigError);
  EXPECT_THROW(generate(*network, vocab, {2}, {.min_p = 1}), ConfigError);
  EXPECT_THROW(generate(*network, Vocab({"a", "b"}), {1}, {}), ConfigError);
}

TEST(Written, SpecialTokensAreWhatTheyStandFor) {
  EXPECT_EQ(written({"xxbos", "xxmaj", "this", "is", "xxup", "great", "xxrep", "3", "!"}), "This is GREAT !!!");
  EXPECT_EQ(written({"xxwrep", "4", "it", ".", "xxmaj", "and", "so"}), "it it it it . And so");
  EXPECT_EQ(written({"xxmaj", "élan", "xxup", "größe", "xxmaj", "žena", "xxup", "мир"}), "Élan GRÖßE Žena МИР");
  EXPECT_EQ(written({"xxfld", "1", "a", "xxfld", "2", "b"}), "a b");
  EXPECT_EQ(written({"a", "xxrep", "many", "b", "xxmaj"}), "a xxrep many b xxmaj");  // a model may write nonsense
  EXPECT_EQ(written({}), "");
}

}  // namespace
}  // namespace tenfold::text
