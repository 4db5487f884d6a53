#include "tenfold/run/rank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "scene.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/backbone.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

/// Two networks with weights at hand, of random numbers: their features tell stripes apart well enough.
class Rank : public testing::Test {
 protected:
  void SetUp() override {
    make_stripes(scratch_.path / "data", 30, 32, 1);
    std::filesystem::create_directories(models());
    setenv("TENFOLD_MODELS", models().c_str(), 1);
    for (const char* name : {"efficientnet_lite0", "resnet18"}) put_weights(name, 3);
    options_ = {.minutes = 5, .folds = 4, .size = 32, .cache = (scratch_.path / "cache").string()};
  }
  void TearDown() override { unsetenv("TENFOLD_MODELS"); }
  std::filesystem::path models() const { return scratch_.path / "models"; }
  void put_weights(const std::string& name, uint64_t seed) const {
    const auto& row = vision::backbone(name);
    nn::write_safetensors(models() / row.file, nn::state_of(*row.make(seed)));
  }
  BackboneRanking rank() {
    messages_.clear();
    return rank_backbones({.path = (scratch_.path / "data").string()}, {.precision = Precision::fp32, .threads = 2},
                          options_, {.message = [this](const std::string& text) { messages_.push_back(text); }});
  }
  Scratch scratch_;
  RankOptions options_;
  std::vector<std::string> messages_;
};

TEST_F(Rank, OrdersWhatIsAtHandByAHeadOnFolds) {
  const auto found = rank();
  ASSERT_EQ(found.ranking.rows.size(), 2u);
  EXPECT_EQ(found.ranking.metric, "accuracy");
  EXPECT_EQ(found.items, 60);
  EXPECT_EQ(found.folds, 4);
  EXPECT_TRUE(found.ranking.left_out.empty());
  EXPECT_GE(found.ranking.rows[0].value, found.ranking.rows[1].value);
  EXPECT_GT(found.ranking.rows[0].value, 0.65);
  for (const auto& row : found.ranking.rows) {
    EXPECT_GT(row.images_per_second, 0) << row.name;
    EXPECT_EQ(row.size, 32);
  }
  const auto again = rank();  // from the store
  for (size_t k = 0; k < 2; ++k) {
    EXPECT_EQ(again.ranking.rows[k].name, found.ranking.rows[k].name);
    EXPECT_EQ(again.ranking.rows[k].value, found.ranking.rows[k].value) << "the same bits";
    EXPECT_EQ(again.ranking.rows[k].error, found.ranking.rows[k].error);
  }
  const Json json = to_json(found);
  EXPECT_EQ(json.at("backbones").at(0).at("accuracy"), found.ranking.rows[0].value);
}

TEST_F(Rank, MeasuresOnTheDatasOwnValidationSet) {
  std::filesystem::rename(scratch_.path / "data", scratch_.path / "train");
  make_stripes(scratch_.path / "data" / "valid", 10, 32, 2);
  std::filesystem::rename(scratch_.path / "train", scratch_.path / "data" / "train");
  options_.backbones = {"resnet18"};
  const auto found = rank();
  EXPECT_EQ(found.folds, 0);
  ASSERT_EQ(found.ranking.rows.size(), 1u);
  const double value = found.ranking.rows[0].value;
  EXPECT_NEAR(value * 20, std::round(value * 20), 1e-4) << "of 20 items";
  EXPECT_NEAR(found.ranking.rows[0].error, std::sqrt(value * (1 - value) / 20), 1e-9);
}

TEST_F(Rank, LeavesOutWhatCannotTakePartAndSaysWhy) {
  write_file(models() / vision::backbone("resnet18").file, "no weights");
  options_.backbones = {"resnet18", "efficientnet_lite0", "resnet34"};
  const auto found = rank();
  ASSERT_EQ(found.ranking.rows.size(), 1u);
  ASSERT_EQ(found.ranking.left_out.size(), 2u);
  EXPECT_EQ(found.ranking.left_out[0].first, "resnet18");
  EXPECT_EQ(found.ranking.left_out[1].first, "resnet34");
  EXPECT_THAT(found.ranking.left_out[1].second, HasSubstr("does not exist"));
  EXPECT_EQ(messages_.size(), 2u);
}

TEST_F(Rank, KeepsToItsTime) {
  options_.minutes = 1e-9;
  const auto found = rank();
  EXPECT_TRUE(found.ranking.rows.empty());
  ASSERT_EQ(found.ranking.left_out.size(), 2u);
  EXPECT_THAT(found.ranking.left_out[0].second, HasSubstr("time was over"));
  options_.minutes = 0;
  EXPECT_THROW(rank(), ConfigError);
}

TEST_F(Rank, WithoutWeightsSaysWhereTheyBelong) {
  std::filesystem::remove_all(models());
  try {
    rank();
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "backbones");
    EXPECT_THAT(error.what(), HasSubstr(models().string()));
  }
  options_.backbones = {"resnet81"};
  EXPECT_THROW(rank(), ConfigError);
}

}  // namespace
}  // namespace tenfold
