// The recipes that come with the project: each reads, holds together, and is what its page says of it.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tenfold/core/file.h"
#include "tenfold/run/recipe.h"

namespace tenfold {
namespace {

Recipe recipe_named(const std::string& name) {
  const auto path = std::filesystem::path(TENFOLD_SOURCE_DIR) / "recipes" / name;
  return complete(read_recipe(read_file(path), path.string()));
}

TEST(Recipes, AllReadAndHoldTogether) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(TENFOLD_SOURCE_DIR) / "recipes")) {
    if (file.path().extension() != ".toml") continue;
    EXPECT_GT(recipe_named(file.path().filename().string()).stage.size(), 0u) << file.path();
    ++count;
  }
  EXPECT_GE(count, 4);
}

TEST(Recipes, DogsAndCatsGoTheArticlesWay) {
  const Recipe recipe = recipe_named("dogs_cats.toml");
  ASSERT_EQ(recipe.stage.size(), 5u);
  EXPECT_TRUE(recipe.stage[0].precompute);
  EXPECT_EQ(recipe.stage[0].lr.kind, Rates::Kind::find);
  EXPECT_EQ(epochs(recipe.stage[1].shape), 3);
  EXPECT_EQ(epochs(recipe.stage[2].shape), 1 + 2 + 4);
  EXPECT_EQ(spread(recipe.stage[2].lr, 3, 0), (std::vector<double>{1e-5, 1e-4, 1e-3}));
  EXPECT_EQ(size_of_stage(recipe, 2), 224);
  EXPECT_EQ(size_of_stage(recipe, 4), 299);
}

// docs/imagenet.md works out time and memory from these.
TEST(Recipes, ImagenetHasTheEntrysEpochsAndRates) {
  const Recipe recipe = recipe_named("imagenet_resnet50.toml");
  std::map<int64_t, double> epochs_at;
  std::map<double, double> began;  // rate → first epoch with it
  double done = 0;
  for (size_t k = 0; k < recipe.stage.size(); ++k) {
    const auto& stage = recipe.stage[k];
    EXPECT_EQ(recipe.training.batch * stage.accumulate, 1024);
    began.emplace(stage.lr.values.at(0), done);
    epochs_at[size_of_stage(recipe, k)] += epochs(stage.shape);
    done += epochs(stage.shape);
  }
  EXPECT_EQ(epochs_at, (std::map<int64_t, double>{{128, 18}, {224, 23}, {288, 4}}));
  EXPECT_EQ(began, (std::map<double, double>{{0.4, 0}, {0.04, 20}, {0.004, 34}, {0.0004, 42}}));
  EXPECT_NEAR(0.4 * at(recipe.stage[0].shape, 0).lr, 0.1, 1e-12);
}

}  // namespace
}  // namespace tenfold
