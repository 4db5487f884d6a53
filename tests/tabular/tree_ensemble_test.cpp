// Trees from LightGBM's text alone; against LightGBM itself they are held in boosted_trees_test.cpp.

#include "tenfold/tabular/tree_ensemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

using testing::HasSubstr;

/// As LightGBM 4 writes it: categories 1 and 33 of column 0 go left to a split of column 1 at 0.5, where missing goes
/// right; then a tree of one leaf.
const std::string kText = R"(tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=regression
feature_names=Column_0 Column_1
tree_sizes=1 1

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
threshold=0 0.5
decision_type=1 8
left_child=1 -2
right_child=-1 -3
leaf_value=10 20 30
cat_boundaries=0 2
cat_threshold=2 2
is_linear=0
shrinkage=1

Tree=1
num_leaves=1
num_cat=0
leaf_value=0.25
is_linear=0
shrinkage=1


end of trees

parameters:
[boosting: gbdt]
end of parameters
)";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kText;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string refusal(const std::string& text) {
  try {
    TreeEnsemble(text, "model");
  } catch (const WeightsError& error) {
    return error.what();
  }
  return "accepted";
}

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();
const nn::Task kNumber{.kind = nn::TaskKind::regression, .classes = 1};

TEST(TreeEnsemble, GoesItsWays) {
  const TreeEnsemble trees(kText, "model");
  EXPECT_EQ(trees.columns(), 2);
  const auto rows = at::tensor({1.f, 0.5f, 33.f, 0.6f, 2.f, 0.f, kMissing, 0.f, 1.f, kMissing, 64.f, 0.f}).view({6, 2});
  const auto expected = at::tensor({20.25, 30.25, 10.25, 10.25, 30.25, 10.25}, at::kDouble).view({6, 1});
  EXPECT_TRUE(at::equal(trees.predict(rows), expected));
  // Without a way for missing numbers they count as 0, and go left.
  const TreeEnsemble plain(with("decision_type=1 8", "decision_type=1 0"), "model");
  EXPECT_DOUBLE_EQ(plain.predict(rows)[4][0].item<double>(), 20.25);
}

TEST(TreeEnsemble, KnowsWhatScoresMean) {
  const auto row = at::tensor({1.f, 0.f}).view({1, 2});
  const TreeEnsemble binary(with("objective=regression", "objective=binary sigmoid:0.1"), "model");
  EXPECT_DOUBLE_EQ(binary.predict(row)[0][0].item<double>(), 1 / (1 + std::exp(-2.025)));
  const TreeEnsemble count(with("objective=regression", "objective=poisson"), "model");
  EXPECT_DOUBLE_EQ(count.predict(row)[0][0].item<double>(), std::exp(20.25));
  const TreeEnsemble classes(
      with("num_tree_per_iteration=1", "num_tree_per_iteration=2").replace(kText.find("regression"), 10, "multiclass"),
      "model");
  EXPECT_NEAR(classes.predict(row)[0][1].item<double>(), 1 / (1 + std::exp(20 - 0.25)), 1e-15);
  const auto forest = with("objective=regression", "objective=regression\naverage_output");
  EXPECT_DOUBLE_EQ(TreeEnsemble(forest, "model").predict(row)[0][0].item<double>(), 20.25 / 2);
}

TEST(TreeEnsemble, RefusesWhatIsDamagedOrNotKnown) {
  EXPECT_EQ(refusal(kText), "accepted");
  EXPECT_THAT(refusal(""), HasSubstr("first line"));
  EXPECT_THAT(refusal("leaf\n"), HasSubstr("first line"));
  EXPECT_THAT(refusal(kText.substr(0, kText.find("end of trees"))), HasSubstr("break off after 2"));
  EXPECT_THAT(refusal(with("left_child=1 -2", "left_child=0 -2")), HasSubstr("lead nowhere at split 0"));
  EXPECT_THAT(refusal(with("right_child=-1 -3", "right_child=-1 -4")), HasSubstr("lead nowhere at split 1"));
  EXPECT_THAT(refusal(with("split_feature=0 1", "split_feature=0 2")), HasSubstr("column 2 of 2"));
  EXPECT_THAT(refusal(with("threshold=0 0.5", "threshold=1 0.5")), HasSubstr("no set of categories"));
  EXPECT_THAT(refusal(with("threshold=0 0.5", "threshold=nan 0.5")), HasSubstr("no set of categories"));
  EXPECT_THAT(refusal(with("cat_boundaries=0 2", "cat_boundaries=0 900")), HasSubstr("cat_threshold"));
  EXPECT_THAT(refusal(with("cat_boundaries=0 2", "cat_boundaries=2 0")), HasSubstr("does not ascend"));
  EXPECT_THAT(refusal(with("leaf_value=10 20 30", "leaf_value=10 20")), HasSubstr("tree 1: leaf_value"));
  EXPECT_THAT(refusal(with("leaf_value=10 20 30", "leaf_value=10 20 thirty")), HasSubstr("leaf_value"));
  EXPECT_THAT(refusal(with("num_leaves=3", "num_leaves=99999999999")), HasSubstr("leaf_value"));
  EXPECT_THAT(refusal(with("num_leaves=3", "num_leaves=0")), HasSubstr("num_leaves"));
  EXPECT_THAT(refusal(with("is_linear=0", "is_linear=1")), HasSubstr("is_linear"));
  EXPECT_THAT(refusal(with("objective=regression", "objective=regression sqrt")), HasSubstr("regression sqrt"));
  EXPECT_THAT(refusal(with("objective=regression", "objective=lambdarank")), HasSubstr("lambdarank"));
  EXPECT_THAT(refusal(with("max_feature_idx=1", "max_feature_idx=-1")), HasSubstr("no columns"));
  EXPECT_THAT(refusal(with("num_tree_per_iteration=1", "num_tree_per_iteration=3")), HasSubstr("2 trees for 3"));
}

TEST(TreeEnsemble, FitsItsTaskAndColumns) {
  const TableDataset rows(Columns{.codes = at::tensor({1, 0}, at::kInt).view({2, 1}), .continuous = at::zeros({2, 1})});
  const Trees trees(kNumber, {kText}, "model");
  EXPECT_TRUE(at::equal(trees.predict(rows), at::tensor({20.25f, 10.25f}).view({2, 1})));  // code 0 is missing
  EXPECT_THROW(trees.predict(TableDataset(Columns{.continuous = at::zeros({2, 1})})), ConfigError);
  EXPECT_THROW(Trees(kNumber, {kText, kText}, "model"), WeightsError);
  EXPECT_THROW(Trees(kNumber, {}, "model"), WeightsError);
  EXPECT_THROW(Trees({.kind = nn::TaskKind::single_label, .classes = 3}, {kText}, "model"), WeightsError);
}

}  // namespace
}  // namespace tenfold::tabular
