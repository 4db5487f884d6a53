#include "tenfold/run/recipe.h"

#include <gtest/gtest.h>

namespace tenfold {
namespace {

TEST(Recipe, ReadsTheOneOfTheDesign) {
  const Recipe recipe = read_recipe(R"(
kind = "images"
[data]
path = "dogs-cats"
size = 224
augment = "side_on"
[model]
backbone = "resnet34"
weights  = "pretrained"
dropout  = [0.25, 0.5]
[[stage]]
train = "head"
precompute = true
lr    = "find"
shape = "cosine"
epochs = 2
[[stage]]
train = "all"
lr    = [1e-4, 1e-3, 1e-2]
shape = { sgdr = { cycles = 3, cycle_len = 1, cycle_mult = 2 } }
[[stage]]
size  = 299
lr    = { from = 1e-5, to = 1e-3 }
shape = "one_cycle"
epochs = 2
[predict]
tta = 4
)",
                                    "recipe.toml");
  EXPECT_EQ(recipe.data.path, "dogs-cats");
  EXPECT_EQ(recipe.data.augment, vision::Augment::side_on);
  ASSERT_EQ(recipe.stage.size(), 3u);
  EXPECT_EQ(recipe.stage[0].lr.kind, Rates::Kind::find);
  EXPECT_EQ(recipe.stage[1].lr.values, (std::vector<double>{1e-4, 1e-3, 1e-2}));
  EXPECT_EQ(epochs(recipe.stage[1].shape), 7);
  EXPECT_EQ(recipe.stage[2].lr.kind, Rates::Kind::range);
  const Recipe whole = complete(recipe);
  EXPECT_EQ(epochs(whole.stage[0].shape), 2);
  EXPECT_EQ(size_of_stage(whole, 1), 224);
  EXPECT_EQ(size_of_stage(whole, 2), 299);
}

TEST(Recipe, WritesWhatItReads) {
  Recipe recipe;
  recipe.data.path = "a \"quoted\" folder";
  recipe.model.weights = "pretrained";
  recipe = complete(recipe);
  const Recipe again = complete(read_recipe(to_toml(recipe), "again.toml"));
  EXPECT_EQ(to_toml(again), to_toml(recipe));
  EXPECT_EQ(recipe_hash(again), recipe_hash(recipe));
}

TEST(Recipe, HashIgnoresWorkersOnly) {
  Recipe recipe = complete({});
  const auto before = recipe_hash(recipe);
  recipe.training.workers = 7;
  EXPECT_EQ(recipe_hash(recipe), before);
  recipe.training.threads = 7;
  EXPECT_NE(recipe_hash(recipe), before);
}

std::string problem(const std::string& toml) {
  try {
    complete(read_recipe(toml, "recipe.toml"));
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Recipe, ExplainsWhatCannotWork) {
  EXPECT_EQ(
      problem("[[stage]]\ntrain = \"all\"\nprecompute = true"),
      "stage.1.precompute: is on while train = \"all\"; activations are computed once only where the layers before "
      "them are frozen: set train = \"head\" (or the number of the first trained group), or precompute = false");
  EXPECT_EQ(problem("[[stage]]\ntrain = \"1\"\nprecompute = true\nprecompute_views = 3"), "accepted");
  EXPECT_NE(problem("[[stage]]\ntrain = \"head\"\nprecompute_views = 3").find("without precompute"), std::string::npos);
  EXPECT_NE(problem("[[stage]]\ntrain = \"head\"\nprecompute = true\nprecompute_views = -1").find("needs 0"),
            std::string::npos);
  EXPECT_EQ(problem("[[stage]]\ntrain = \"heads\""),
            "stage.1.train: is \"heads\"; needs head, all, or the number of the first trained group");
  EXPECT_NE(problem("[data]\nsise = 3").find("data.sise"), std::string::npos);
  EXPECT_NE(problem("[data]\nsise = 3").find("size"), std::string::npos);
}

}  // namespace
}  // namespace tenfold
