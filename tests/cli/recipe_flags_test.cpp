#include "tenfold/cli/recipe_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "program.h"

namespace tenfold::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Command any_recipe() { return {.name = "any", .summary = "", .help = "", .flags = recipe_flags()}; }

Recipe read(const std::vector<std::string>& words, const std::optional<std::string>& file = {}) {
  return recipe_of(file, parse(any_recipe(), words));
}

TEST(RecipeFlags, EveryKeyOfTheRecipeIsAFlag) {
  const auto flags = recipe_flags();
  for (const std::string key :
       {"data.path", "data.valid_share", "model.dropout", "loss.range", "training.optimizer.weight_decay", "stage.N.lr",
        "stage.N.keep_best", "predict.tta", "lr_find.steps"})
    EXPECT_TRUE(std::any_of(flags.begin(), flags.end(), [&](const Flag& flag) { return flag.names.front() == key; }))
        << key;
}

TEST(RecipeFlags, LongAndShortNamesSetTheSameKey) {
  EXPECT_EQ(read({"--images", "d"}).data.path, "d");
  EXPECT_EQ(read({"--data.path", "d"}).data.path, "d");
  EXPECT_EQ(read({"--size", "64"}).data.size, 64);
  EXPECT_THAT(read({"--model.dropout", "0.1,0.2"}).model.dropout, ElementsAre(0.1, 0.2));
  EXPECT_FALSE(read({"--no-data.stratify"}).data.stratify);
  EXPECT_EQ(read({"--training.optimizer.weight-decay", "0.5"}).training.optimizer.weight_decay, 0.5);
  EXPECT_EQ(read({"--optimizer", "sgd"}).training.optimizer.kind, optim::Kind::sgd);
}

TEST(RecipeFlags, AStagesFlagChangesTheDefaultPlan) {
  const Recipe recipe = read({"--stage.1.lr", "5e-3", "--weights", "pretrained"});
  const auto plan = default_stages(recipe);
  ASSERT_EQ(recipe.stage.size(), plan.size());
  ASSERT_EQ(recipe.stage.size(), 2u);  // the head, then all layers
  EXPECT_THAT(recipe.stage[0].lr.values, ElementsAre(5e-3));
  EXPECT_TRUE(recipe.stage[0].precompute);
  EXPECT_EQ(to_value(recipe.stage[1].lr), to_value(plan[1].lr));
}

TEST(RecipeFlags, ShortStageNamesMeanTheLastStage) {
  const Recipe recipe = read({"--weights", "pretrained", "--lr", "2e-3", "--epochs", "5"});
  ASSERT_EQ(recipe.stage.size(), 2u);
  EXPECT_THAT(recipe.stage[1].lr.values, ElementsAre(2e-3));
  const Recipe whole = complete(recipe);  // its last stage was sgdr, which counts cycles
  EXPECT_EQ(name_of(whole.stage[1].shape), "one_cycle");
  EXPECT_EQ(epochs(whole.stage[1].shape), 5);
  EXPECT_EQ(epochs(whole.stage[0].shape), epochs(default_stages(recipe)[0].shape));
}

TEST(RecipeFlags, TheNextNumberAddsAStage) {
  const Recipe recipe = read({"--stage.2.size", "96", "--stage.2.epochs", "1"});
  ASSERT_EQ(recipe.stage.size(), 2u);
  EXPECT_EQ(recipe.stage[1].size, 96);
}

TEST(RecipeFlags, WinOverTheRecipe) {
  const Folder folder;
  const std::string file = (folder / "recipe.toml").string();
  spill(file, "[data]\npath = \"photos\"\nsize = 128\n[[stage]]\ntrain = \"all\"\nlr = 1e-2\n");
  const Recipe recipe = read({"--size", "64"}, file);
  EXPECT_EQ(recipe.data.path, "photos");
  EXPECT_EQ(recipe.data.size, 64);
  EXPECT_EQ(recipe.stage.size(), 1u);
}

TEST(RecipeFlags, ACompleteRecipeSurvivesTheJourneyThroughItsFile) {
  const Folder folder;
  const Recipe recipe =
      complete(read({"--images", "d", "--weights", "pretrained", "--model.dropout", "0.1", "--loss.range", "0,5"}));
  spill(folder / "recipe.toml", to_toml(recipe));
  EXPECT_EQ(to_json(read({}, (folder / "recipe.toml").string())), to_json(recipe));
}

TEST(RecipeFlags, RefusesWhatCannotWork) {
  try {
    read({"--data.augment", "sideon"});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "data.augment");
    EXPECT_THAT(error.what(), HasSubstr("side_on"));
  }
  EXPECT_THROW(read({"--stage.1.lr", "nan"}), ConfigError);
  EXPECT_THROW(read({"--size", "large"}), ConfigError);
  EXPECT_THROW(read({"--stage.7.lr", "1e-3"}), ConfigError);
}

}  // namespace
}  // namespace tenfold::cli
