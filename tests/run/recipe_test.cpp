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

std::string refusal(const Recipe& recipe) {
  try {
    complete(recipe);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Recipe, GoesByThePathThatItNames) {
  Recipe recipe;
  EXPECT_EQ(kind_of(recipe), Kind::images);
  recipe.text.path = "reviews.csv";
  EXPECT_EQ(kind_of(recipe), Kind::text);
  const Recipe whole = complete(recipe);
  EXPECT_EQ(whole.kind, Kind::text);
  EXPECT_EQ(whole.stage.front().learn, Learn::language) << "without weights the language is learnt first";
  EXPECT_EQ(whole.stage.back().learn, Learn::task);
  recipe.table.path = "train.csv";
  EXPECT_NE(refusal(recipe).find("keep one"), std::string::npos) << refusal(recipe);
}

TEST(Recipe, WritesTheSectionsOfItsKindAlone) {
  Recipe recipe = read_recipe("[table]\npath = \"train.csv\"\ntarget = [\"Sales\"]\n", "recipe.toml");
  EXPECT_EQ(recipe.training.batch, 1024);
  const std::string toml = to_toml(complete(recipe));
  EXPECT_NE(toml.find("\n[table_model]\n"), std::string::npos);
  EXPECT_EQ(toml.find("\n[data]\n"), std::string::npos);
  EXPECT_EQ(toml.find("\n[text]\n"), std::string::npos);
  EXPECT_EQ(to_toml(complete(read_recipe(toml, "again.toml"))), toml);
  const std::string hash = recipe_hash(recipe);
  recipe.text.max_length = 7;  // of another kind: no part of this run
  EXPECT_EQ(recipe_hash(recipe), hash);
  recipe.table.target = {"Customers"};
  EXPECT_NE(recipe_hash(recipe), hash);
}

TEST(Recipe, RefusesWhatIsForAnotherKind) {
  Recipe recipe;
  recipe.table.path = "train.csv";
  recipe.stage = {{.size = 224}};
  EXPECT_NE(refusal(recipe).find("is for images"), std::string::npos) << refusal(recipe);
  recipe.stage = {{.mixup = 0.4}};
  EXPECT_NE(refusal(recipe).find("cannot be blended"), std::string::npos) << refusal(recipe);
  recipe.stage = {{.learn = Learn::language}};
  EXPECT_NE(refusal(recipe).find("stage.1.learn"), std::string::npos) << refusal(recipe);
  Recipe texts;
  texts.text.path = "reviews.csv";
  texts.stage = {{}, {.learn = Learn::language}};
  EXPECT_NE(refusal(texts).find("the language is learnt first"), std::string::npos) << refusal(texts);
}

}  // namespace
}  // namespace tenfold
