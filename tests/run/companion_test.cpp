// Boosted trees beside a table's network, from recipe to model file. What needs LightGBM is skipped where it is not
// installed; TENFOLD_LIGHTGBM names its shared library.

#include "tenfold/run/companion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "scene.h"
#include "tenfold/bundle/bundle.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/run.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

constexpr const char* kNowhere = "/nowhere/lib_lightgbm.so";

/// A step that trees find at once, and a slope that networks do.
std::string sales(int rows) {
  std::string csv = "shop,distance,stock,sales\n";
  for (int k = 0; k < rows; ++k) {
    Draw draw(5, 0, static_cast<uint64_t>(k), Purpose::other);
    const int64_t shop = draw.below(6);
    const double distance = draw.uniform(0, 10), stock = draw.uniform(0, 1);
    const double value =
        (100 + 40 * static_cast<double>(shop)) * (distance > 3.7 && distance < 5.2 ? 0.4 : 1) * (1 + stock);
    csv += "shop " + std::to_string(shop) + "," + std::to_string(distance) + "," + std::to_string(stock) + "," +
           std::to_string(value * std::exp(0.05 * draw.normal())) + "\n";
  }
  return csv;
}

class CompanionRun : public testing::Test {
 protected:
  Recipe recipe() {
    Recipe recipe;
    write_file(scratch_.path / "sales.csv", sales(900));
    recipe.table.path = (scratch_.path / "sales.csv").string();
    recipe.table.target = {"sales"};
    recipe.table.target_transform = tabular::TargetTransform::log;
    recipe.table_model.layers = {16};
    recipe.training.batch = 64;
    recipe.training.threads = 2;
    recipe.training.metrics = {"exp_rmspe", "rmse"};
    recipe.stage = {{.lr = Rates(2e-2), .shape = OneCycle{.epochs = 5}}};
    recipe.trees.rounds = 200;
    recipe.trees.threads = 2;
    return recipe;
  }
  RunResult result(const Recipe& recipe, const std::string& name) {
    return run(recipe, {.folder = scratch_.path / name, .cache = scratch_.path / "cache"}, {});
  }
  std::string read(const std::string& file) { return read_file(scratch_.path / file); }
  /// As `tenfold predict` does, on the table itself.
  at::Tensor predicted(const std::string& name) {
    const Bundle bundle = load_bundle(scratch_.path / name / "model.safetensors");
    const auto& pipeline = bundle.pipeline;
    Learner learner = learner_for(bundle, to_predict({(scratch_.path / "sales.csv").string()}, pipeline),
                                  {.threads = pipeline.threads});
    auto predictions = predict(learner, Split::test);
    Companion(pipeline).blend(learner, Split::test, predictions);
    to_unit(pipeline, predictions);
    return predictions.activated;
  }
  Scratch scratch_;
};

TEST_F(CompanionRun, GoesWithoutOrSaysHowToGetIt) {
  auto without = recipe();
  without.trees.library = kNowhere;
  without.companion = tabular::Companion::lightgbm;
  try {
    result(without, "refused");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "trees.library");
    EXPECT_THAT(error.what(), HasSubstr("pip install lightgbm"));
  }
  EXPECT_FALSE(std::filesystem::exists(scratch_.path / "refused")) << "before anything is trained";

  without.companion = tabular::Companion::automatic;
  const auto alone = result(without, "auto");
  EXPECT_EQ(alone.summary.at("companion").at("kind"), "none");
  EXPECT_THAT(read("auto/report.html"), HasSubstr("LightGBM is not installed"));
  without.companion = tabular::Companion::none;
  EXPECT_FALSE(result(without, "none").summary.contains("companion"));
  EXPECT_EQ(read("auto/predictions.csv"), read("none/predictions.csv"));

  auto images = stripes_recipe(scratch_.path);
  images.companion = tabular::Companion::automatic;
  EXPECT_THROW(complete(images), ConfigError);
}

// A tree of one leaf is all that this needs, LightGBM is not.
TEST_F(CompanionRun, AModelFileCarriesTreesAndWeight) {
  result(recipe(), "alone");
  const auto network = predicted("alone");
  Bundle bundle = load_bundle(scratch_.path / "alone/model.safetensors");
  auto& companion = std::get<TablePipeline>(bundle.pipeline.of).companion;
  companion.network = 0.25;
  companion.trees = {
      "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=2\nobjective=regression\n\n"
      "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=5.5\n\n\nend of trees\n"};
  save_bundle(scratch_.path / "alone/model.safetensors", bundle.pipeline, *bundle.model);
  const auto expected = at::exp(0.25 * network.log() + 0.75 * 5.5);
  EXPECT_TRUE(at::allclose(predicted("alone"), expected, 1e-4));

  // A file that lost its trees says so.
  auto file = nn::read_tensors(scratch_.path / "alone/model.safetensors");
  file.tensors.erase("companion.trees.0");
  nn::write_safetensors(scratch_.path / "cut.safetensors", file.tensors, file.metadata);
  EXPECT_THROW(load_bundle(scratch_.path / "cut.safetensors"), WeightsError);
}

TEST_F(CompanionRun, BlendsInTheRunAndInTheModelFile) {
  if (!tabular::has_trees_library()) GTEST_SKIP() << "LightGBM is not installed";
  auto with = recipe();
  with.companion = tabular::Companion::lightgbm;
  const auto summary = result(with, "with").summary;
  const auto& companion = summary.at("companion");
  const auto& valid = companion.at("valid");
  const auto value = [&](const char* row) { return valid.at(row).at("rmspe").get<double>(); };
  EXPECT_EQ(companion.at("chosen_by"), "rmspe");
  EXPECT_EQ(valid.at("network").at("rmspe"), summary.at("valid").at("rmspe"));
  EXPECT_LE(value("blend"), std::min(value("network"), value("trees")));
  EXPECT_GE(value("blend_cross_fitted"), value("blend"));
  // The noise is 0.05; one of the 180 rows on the wrong side of the step, wrong by 1.5, adds 0.11.
  EXPECT_LT(value("trees"), 0.25);

  // predictions.csv, the model file and the summary are of one blend.
  const auto all = predicted("with");
  const auto csv = read("with/predictions.csv");
  double squares = 0;
  int64_t rows = 0;
  const auto table = read("sales.csv");
  std::vector<double> sales;
  for (size_t begin = table.find('\n') + 1, end; (end = table.find('\n', begin)) != std::string::npos; begin = end + 1)
    sales.push_back(std::stod(table.substr(table.rfind(',', end) + 1)));
  for (size_t begin = csv.find('\n') + 1, end; (end = csv.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const auto row = std::stoul(csv.substr(begin + 4)) - 1;  // "row 17"
    const double written = std::stod(csv.substr(csv.rfind(',', end) + 1));
    EXPECT_NEAR(all[static_cast<int64_t>(row)][0].item<double>(), written, 1e-4 * written);
    squares += std::pow(written / sales.at(row) - 1, 2);
    ++rows;
  }
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(rows)), value("blend"), 1e-4);

  EXPECT_THAT(read("with/trees.txt"), testing::StartsWith("tree\n"));
  const auto page = read("with/report.html");
  EXPECT_THAT(page, HasSubstr("Network, trees and blend"));
  EXPECT_THAT(page, HasSubstr("blend, cross-fitted"));
}

TEST_F(CompanionRun, KnowsClassesAndATestSet) {
  if (!tabular::has_trees_library()) GTEST_SKIP() << "LightGBM is not installed";
  auto with = recipe();
  write_file(scratch_.path / "test.csv", sales(300));
  with.table.test = (scratch_.path / "test.csv").string();
  with.table.target = {"sales > 250"};
  with.table.target_transform = tabular::TargetTransform::none;
  with.table.ignore = {};
  with.training.metrics = {"log_loss"};
  with.companion = tabular::Companion::automatic;
  const auto summary = result(with, "classes").summary;
  const auto& test = summary.at("companion").at("test");
  EXPECT_EQ(test.at("blend").at("log_loss"), summary.at("test").at("log_loss"));
  EXPECT_LT(test.at("blend").at("log_loss"), 0.4);  // 0.69 knows nothing
}

}  // namespace
}  // namespace tenfold
