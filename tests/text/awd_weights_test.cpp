// Files as fastai publishes them, made small by tools/make_awd_fixtures.py.

#include "tenfold/text/awd_weights.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>

#include "folder.h"
#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/nn/tensor_file.h"

namespace tenfold::text {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(TENFOLD_SOURCE_DIR) / "tests/text/fixtures";
const AwdLstmOptions kShape{.embedding = 4, .hidden = 6, .layers = 2};

AwdLstm model(int64_t words = 16) { return AwdLstm(words, kShape, 2, at::kFloat, 1); }

TEST(AwdWeights, LoadsWhatFastaiPublishes) {
  const auto weights = read_awd_weights(kFixtures / "modern.pth");
  EXPECT_EQ(weights.vocab, 16);
  EXPECT_EQ(weights.widths.hidden, 6);
  EXPECT_EQ(weights.widths.layers, 2);
  auto network = model();
  load_weights(network, weights);
  const auto file = nn::read_tensors(kFixtures / "modern.pth");
  int64_t compared = 0;
  for (const auto& item : network.named_parameters()) {
    EXPECT_TRUE(at::equal(item.value(), file.tensors.at(item.key()))) << item.key();
    ++compared;
  }
  EXPECT_EQ(compared, 10);
  // And back: every name that fastai wants.
  const auto state = published_state(network);
  for (const auto& [name, tensor] : file.tensors) {
    ASSERT_TRUE(state.contains(name)) << name;
    EXPECT_TRUE(at::equal(state.at(name), tensor)) << name;
  }
}

TEST(AwdWeights, LoadsFilesOf2018AndEncodersAlone) {
  auto modern = model(), legacy = model(), alone = model();
  load_weights(modern, read_awd_weights(kFixtures / "modern.pth"));
  load_weights(legacy, read_awd_weights(kFixtures / "legacy.pth"));
  load_weights(alone.encoder(), read_awd_weights(kFixtures / "encoder.pth"));
  for (const auto* other : {&legacy, &alone})
    EXPECT_EQ(nn::hash_of(nn::state_of(other->encoder())), nn::hash_of(nn::state_of(modern.encoder())));
  EXPECT_EQ(legacy.named_parameters()["1.decoder.bias"].abs().sum().item<double>(), 0);  // 0.7 has none
}

TEST(AwdWeights, LoadsItsOwn) {
  const Folder folder;
  auto network = model(), other = AwdLstm(16, kShape, 5, at::kFloat, 2);
  nn::write_safetensors(folder.path() + "/lm.safetensors", nn::state_of(network));
  load_weights(other, read_awd_weights(folder.path() + "/lm.safetensors"));
  EXPECT_EQ(nn::hash_of(nn::state_of(other.encoder())), nn::hash_of(nn::state_of(network.encoder())));
  auto third = model();
  load_weights(third, awd_weights(other));
  EXPECT_EQ(nn::hash_of(nn::state_of(third.encoder())), nn::hash_of(nn::state_of(network.encoder())));
}

TEST(AwdWeights, ReadsAPickledListOfWords) {
  const auto vocab = read_pickled_vocab(kFixtures / "words.pkl");
  EXPECT_EQ(vocab.size(), 16);
  EXPECT_EQ(vocab.token(0), "xxunk");
  EXPECT_EQ(vocab.id("movie"), 10);
  EXPECT_EQ(vocab.id("never seen"), 0);
  EXPECT_THROW(read_pickled_vocab(kFixtures / "modern.pth"), WeightsError);
}

TEST(AwdWeights, SharedWordsKeepTheirRowsAndNewOnesGetTheMean) {
  const auto weights = read_awd_weights(kFixtures / "modern.pth");
  const auto before = read_pickled_vocab(kFixtures / "words.pkl");
  const Vocab own({"xxunk", "xxpad", "good", "film", "movie"});
  const auto after = matched(weights, before, own);
  const auto &rows = weights.tensors.at("0.encoder.weight"), &found = after.tensors.at("0.encoder.weight");
  ASSERT_EQ(found.sizes(), (std::vector<int64_t>{5, 4}));
  EXPECT_TRUE(at::equal(found[2], rows[before.id("good")]));
  EXPECT_TRUE(at::equal(found[4], rows[before.id("movie")]));
  EXPECT_TRUE(at::allclose(found[3], rows.mean(0)));
  const auto &biases = weights.tensors.at("1.decoder.bias"), &bias = after.tensors.at("1.decoder.bias");
  EXPECT_EQ(bias[2].item<float>(), biases[before.id("good")].item<float>());
  EXPECT_NEAR(bias[3].item<double>(), biases.mean().item<double>(), 1e-6);
  auto network = model(5);
  load_weights(network, after);
  EXPECT_TRUE(at::equal(network.encoder().embedding(), found));
}

TEST(AwdWeights, SaysWhatDoesNotFit) {
  const auto weights = read_awd_weights(kFixtures / "modern.pth");
  auto fewer = model(12);
  EXPECT_THROW(load_weights(fewer, weights), WeightsError);
  AwdLstm wider(16, {.embedding = 4, .hidden = 8, .layers = 2}, 2, at::kFloat, 1);
  try {
    load_weights(wider, weights);
    FAIL();
  } catch (const WeightsError& error) {
    EXPECT_NE(std::string(error.what()).find("4/6/2"), std::string::npos) << error.what();
  }
  EXPECT_THROW(read_awd_weights(kFixtures / "untied.pth"), WeightsError);
  EXPECT_THROW(matched(weights, Vocab({"xxunk", "xxpad"}), Vocab({"xxunk", "xxpad"})), WeightsError);
  const Folder folder;
  nn::write_safetensors(folder.path() + "/other.safetensors", {{"w", at::ones({2})}});
  EXPECT_THROW(read_awd_weights(folder.path() + "/other.safetensors"), WeightsError);
}

}  // namespace
}  // namespace tenfold::text
