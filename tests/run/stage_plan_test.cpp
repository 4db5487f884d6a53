#include "tenfold/run/stage_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/run/recipe.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

Recipe pretrained(StagePlan plan) {
  Recipe recipe;
  recipe.model.weights = "pretrained";
  recipe.plan = std::move(plan);
  return recipe;
}

/// Rates of the groups at each of `steps` batches of a stage of one epoch.
std::vector<std::vector<double>> rates(const StageOptions& stage, int groups, int steps) {
  std::vector<std::vector<double>> all;
  for (int step = 0; step < steps; ++step) {
    all.push_back(spread(stage.lr, groups, 0));
    for (auto& rate : all.back()) rate *= at(stage.shape, step / static_cast<double>(steps)).lr;
  }
  return all;
}

void expect_rates(const std::vector<double>& found, double low, double high) {
  EXPECT_NEAR(found.at(0) / low, 1, 0.006);  // the reference has two to four digits
  EXPECT_NEAR(found.at(1) / high, 1, 0.006);
}

TEST(StagePlan, FineTuneIsFastai2s) {
  // fastai 2.8.12: fine_tune(1), two groups, 8 batches an epoch.
  const auto stages = default_stages(pretrained(FineTune{.epochs = 1}));
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[0].train, "head");
  EXPECT_FALSE(stages[0].precompute);
  const auto head = rates(stages[0], 2, 8);
  expect_rates(head.front(), 8e-6, 8e-5);
  expect_rates(head.back(), 1.937e-4, 1.937e-3);
  EXPECT_EQ(stages[1].train, "all");
  const auto all = rates(stages[1], 2, 8);
  expect_rates(all[0], 2e-6, 2e-4);
  expect_rates(all[1], 4.97e-6, 4.97e-4);
  expect_rates(all[2], 9.46e-6, 9.46e-4);
  expect_rates(all[3], 9.72e-6, 9.72e-4);
  expect_rates(all[7], 7.67e-7, 7.67e-5);
  EXPECT_DOUBLE_EQ(*at(stages[1].shape, 0.3).momentum, 0.85);
}

TEST(StagePlan, FineTuneMaySkipTheHead) {
  const auto stages = default_stages(pretrained(FineTune{.epochs = 3, .freeze_epochs = 0}));
  ASSERT_EQ(stages.size(), 1u);
  EXPECT_EQ(epochs(stages[0].shape), 3);
}

TEST(StagePlan, TheArticlesSteps) {
  const Recipe recipe = complete(pretrained(Article{.lr = Rates(1e-2)}));
  ASSERT_EQ(recipe.stage.size(), 4u);
  EXPECT_TRUE(recipe.stage[0].precompute);
  EXPECT_EQ(recipe.stage[1].train, "head");
  EXPECT_FALSE(recipe.stage[1].precompute);
  EXPECT_EQ(epochs(recipe.stage[2].shape), 1 + 2 + 4);
  const auto all = spread(recipe.stage[2].lr, 3, 0);
  EXPECT_NEAR(all[0], 1e-4, 1e-12);
  EXPECT_NEAR(all[1], 1e-3, 1e-12);
  EXPECT_NEAR(all[2], 1e-2, 1e-12);
  EXPECT_EQ(size_of_stage(recipe, 2), 224);
  EXPECT_EQ(size_of_stage(recipe, 3), 299);
  const auto satellite = spread(complete(pretrained(Article{.lr = Rates(9e-2), .ratio = 3})).stage[2].lr, 3, 0);
  EXPECT_NEAR(satellite[0], 1e-2, 1e-12);  // the course's [lr/9, lr/3, lr]
  EXPECT_EQ(complete(pretrained(Article{.lr = Rates::find()})).stage[2].lr.kind, Rates::Kind::find);
}

TEST(StagePlan, FromScratchIsTheDefaultWithoutWeights) {
  Recipe recipe;
  const auto by_default = complete(recipe);
  recipe.plan = FromScratch{};
  EXPECT_EQ(to_toml(complete(recipe)), to_toml(by_default));
  EXPECT_EQ(default_stages(pretrained(DefaultPlan{})).size(), 2u);
}

Recipe read(const std::string& toml) { return complete(read_recipe(toml, "recipe.toml")); }

std::string problem(const std::string& toml) {
  try {
    read(toml);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(StagePlan, IsWrittenOutAsStages) {
  const Recipe recipe = read("plan = {fine_tune = {epochs = 6, base_lr = 1e-3}}\n[model]\nweights = \"pretrained\"");
  ASSERT_EQ(recipe.stage.size(), 2u);
  EXPECT_EQ(epochs(recipe.stage[1].shape), 6);
  EXPECT_EQ(spread(recipe.stage[1].lr, 3, 0).back(), 5e-4);
  const Recipe again = read(to_toml(recipe));
  EXPECT_EQ(to_toml(again), to_toml(recipe));
  EXPECT_EQ(recipe_hash(again), recipe_hash(recipe));
}

TEST(StagePlan, HasAFormForRecipes) {
  for (const StagePlan& plan : {StagePlan(DefaultPlan{}), StagePlan(FineTune{.epochs = 2}), StagePlan(Article{}),
                                StagePlan(Article{.lr = Rates::find()}), StagePlan(FromScratch{.lr = 0.1})}) {
    StagePlan again;
    from_value(to_value(plan), again, "plan");
    EXPECT_EQ(to_value(again), to_value(plan));
    EXPECT_EQ(name_of(again), name_of(plan));
  }
}

TEST(StagePlan, ExplainsWhatCannotWork) {
  EXPECT_EQ(problem("plan = \"fine_tun\""),
            "plan: is \"fine_tun\"; needs one of default, fine_tune, article, from_scratch; nearest is fine_tune");
  EXPECT_THAT(problem("plan = \"fine_tune\""), HasSubstr("plan: is fine_tune, which first trains a head on what the "
                                                         "network knows of images already, and model.weights is none"));
  EXPECT_EQ(problem("plan = \"from_scratch\"\n[[stage]]\ntrain = \"all\""),
            "plan: is from_scratch while stages are listed; leave out one of the two");
  EXPECT_EQ(problem("plan = {article = {lr = [1e-3, 1e-2]}}\n[model]\nweights = \"pretrained\""),
            "plan.article.lr: needs one rate, the head's, or find; the plan spreads it over the groups");
  EXPECT_THAT(problem("plan = {fine_tune = {epoch = 3}}"), HasSubstr("did you mean plan.fine_tune.epochs?"));
  EXPECT_THAT(problem("plan = {from_scratch = {epochs = 0}}"), HasSubstr("plan.from_scratch.epochs: is 0.0"));
}

TEST(Preset, IsWhatKeysAreReadOnto) {
  const Recipe legacy = read("preset = \"legacy\"\n[model]\nweights = \"pretrained\"\n[training]\nbatch = 16");
  EXPECT_EQ(legacy.training.batch, 16) << "keys win";
  EXPECT_EQ(legacy.training.optimizer.kind, optim::Kind::sgd);
  EXPECT_TRUE(legacy.model.legacy_head);
  EXPECT_EQ(legacy.stage.size(), 4u) << "the article's plan";
  const Recipe modern = read("preset = \"modern\"\n[model]\nweights = \"pretrained\"");
  EXPECT_EQ(modern.training.frozen_norms, FrozenNorms::train);
  EXPECT_EQ(modern.data.augment, vision::Augment::modern);
  EXPECT_EQ(modern.training.batch, 64);
  EXPECT_EQ(modern.stage.size(), 2u);
  EXPECT_EQ(read("preset = \"modern\"\n[[stage]]\ntrain = \"all\"").stage.size(), 1u) << "own stages, no plan";
  EXPECT_EQ(to_toml(read(to_toml(legacy))), to_toml(legacy));
  EXPECT_THAT(problem("preset = \"modem\""), HasSubstr("preset"));
}

TEST(Preset, AFlagsWinsOverTheFiles) {
  const Recipe recipe = read_recipe("preset = \"legacy\"\n[data]\nsize = 96", "recipe.toml", Preset::modern);
  EXPECT_EQ(recipe.preset, Preset::modern);
  EXPECT_EQ(recipe.training.optimizer.kind, optim::Kind::adamw);
  EXPECT_EQ(recipe.data.size, 96);
}

}  // namespace
}  // namespace tenfold
