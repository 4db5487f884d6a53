// Skipped where LightGBM is not installed; TENFOLD_LIGHTGBM names its shared library.

#include "tenfold/tabular/boosted_trees.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/tabular/tree_ensemble.h"
#include "tenfold/train/metric.h"

namespace tenfold::tabular {
namespace {

struct Rows {
  std::shared_ptr<TableDataset> train, valid;
};

/// A step of a number, and for every second level of a category its opposite; a share of the targets is turned round.
Rows rows(const nn::Task& task, double turned = 0) {
  constexpr int64_t kRows = 3000;
  Columns columns{.codes = at::empty({kRows, 1}, at::kInt), .continuous = at::empty({kRows, 2})};
  std::vector<float> target;
  Draw draw(9, 0, 0, Purpose::other);
  for (int64_t k = 0; k < kRows; ++k) {
    const int64_t code = draw.below(20);
    const double x = draw.normal(), noise = draw.normal();
    columns.codes[k][0] = code;
    columns.continuous[k][0] = x;
    columns.continuous[k][1] = noise;
    target.push_back(((x > 0.3) != (code % 2 == 1)) != draw.chance(turned) ? 1 : 0);
  }
  const auto y = at::tensor(target);
  if (task.kind == nn::TaskKind::single_label)
    columns.target = (task.classes == 2 ? y : y + (columns.continuous.select(1, 0) > 1)).to(at::kLong);
  else
    columns.target = task.kind == nn::TaskKind::regression ? (5 + 2 * y).unsqueeze(1) : at::stack({y, 1 - y}, 1);
  const TableDataset all(columns);
  std::vector<int64_t> in, out;
  for (int64_t k = 0; k < kRows; ++k) (k % 3 == 0 ? out : in).push_back(k);
  return {std::make_shared<TableDataset>(all, in), std::make_shared<TableDataset>(all, out)};
}

at::Tensor target_of(const TableDataset& rows) {
  std::vector<at::Tensor> all;
  for (int64_t k = 0; k < rows.size(); ++k) all.push_back(rows.target(k));
  return at::stack(all);
}

const TreesOptions kQuick{.rounds = 60, .learning_rate = 0.2, .leaves = 15, .early_stopping = 0, .threads = 2};

TEST(BoostedTrees, SayHowToGetTheLibrary) {
  try {
    TreesLibrary("/nowhere/lib_lightgbm.so");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "trees.library");
    EXPECT_NE(std::string(error.what()).find("TENFOLD_LIGHTGBM"), std::string::npos);
  }
  EXPECT_FALSE(has_trees_library("/nowhere/lib_lightgbm.so"));
}

class WithLibrary : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_trees_library()) GTEST_SKIP() << "LightGBM is not installed";
  }
};

TEST_F(WithLibrary, LearnClassesNumbersAndLabels) {
  const TreesLibrary library;
  const std::vector<nn::Task> tasks{{.kind = nn::TaskKind::single_label, .classes = 2},
                                    {.kind = nn::TaskKind::single_label, .classes = 3},
                                    {.kind = nn::TaskKind::multi_label, .classes = 2}};
  for (const auto& task : tasks) {
    const auto data = rows(task);
    const BoostedTrees trees(library, kQuick, task, *data.train, nullptr);
    const auto probable = trees.predict(*data.valid);
    EXPECT_EQ(probable.sizes(), (std::vector<int64_t>{data.valid->size(), task.classes}));
    EXPECT_GT(metric("auc", task.kind).compute(task, probable, target_of(*data.valid)), 0.99);
    if (task.kind == nn::TaskKind::single_label)
      EXPECT_TRUE(at::allclose(probable.sum(1), at::ones({data.valid->size()}), 1e-5, 1e-5));
  }
  const nn::Task number{.kind = nn::TaskKind::regression, .classes = 1};
  const auto data = rows(number);
  const BoostedTrees trees(library, kQuick, number, *data.train, nullptr);
  EXPECT_LT(metric("rmse", number.kind).compute(number, trees.predict(*data.valid), target_of(*data.valid)), 0.3);
  const auto importance = trees.importance();
  ASSERT_EQ(importance.size(), 3u);
  EXPECT_GT(importance[0] + importance[1], importance[2]);  // the third column is noise
  EXPECT_EQ(trees.text()[0].substr(0, 4), "tree");
}

TEST_F(WithLibrary, StopEarlyAtTheBestRound) {
  const TreesLibrary library;
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 2};
  const auto data = rows(task, 0.25);  // so that more rounds learn the noise
  auto options = kQuick;
  options.rounds = 1000;
  options.early_stopping = 10;
  const BoostedTrees trees(library, options, task, *data.train, data.valid.get());
  EXPECT_LT(trees.rounds()[0], 500);
  const auto loss = [&](const BoostedTrees& of) {
    return metric("log_loss", task.kind).compute(task, of.predict(*data.valid), target_of(*data.valid));
  };
  auto all = options;
  all.early_stopping = 0;
  all.rounds = trees.rounds()[0] + 200;
  EXPECT_LT(loss(trees), loss(BoostedTrees(library, all, task, *data.train, nullptr)));
  EXPECT_THROW(BoostedTrees(library, options, task, *data.train, nullptr), ConfigError);
}

TEST_F(WithLibrary, TheirTextAlonePredictsTheSame) {
  const TreesLibrary library;
  const std::vector<nn::Task> tasks{{.kind = nn::TaskKind::single_label, .classes = 2},
                                    {.kind = nn::TaskKind::single_label, .classes = 3},
                                    {.kind = nn::TaskKind::multi_label, .classes = 2},
                                    {.kind = nn::TaskKind::regression, .classes = 1}};
  for (const auto& task : tasks)
    for (const std::string more : {"", "zero_as_missing=true", "boosting=rf learning_rate=1"}) {
      auto options = kQuick;
      options.parameters = more;
      const auto data = rows(task, 0.1);
      auto holes = data.valid->columns();  // levels and numbers that are missing, and a level that training lacks
      holes.codes = holes.codes.clone();
      holes.continuous = holes.continuous.clone();
      for (int64_t k = 0; k < 300; ++k) {
        holes.codes[k][0] = k % 3 == 0 ? 0 : 25;
        holes.continuous[k][k % 2] = k % 5 == 0 ? 0 : std::nan("");
      }
      const TableDataset odd(holes);
      const BoostedTrees trees(library, options, task, *data.train, nullptr);
      const Trees alone(task, trees.text(), "trees");
      EXPECT_TRUE(at::allclose(alone.predict(odd), trees.predict(odd), 0, 1e-6)) << task.classes << " " << more;
    }
}

TEST_F(WithLibrary, SameBitsAgain) {
  const TreesLibrary library;
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 2};
  const auto data = rows(task);
  const BoostedTrees first(library, kQuick, task, *data.train, nullptr),
      again(library, kQuick, task, *data.train, nullptr);
  EXPECT_TRUE(at::equal(first.predict(*data.valid), again.predict(*data.valid)));
}

TEST_F(WithLibrary, RefuseWhatCannotWork) {
  const TreesLibrary library;
  const nn::Task task{.kind = nn::TaskKind::single_label, .classes = 2};
  const auto data = rows(task);
  auto options = kQuick;
  options.leaves = 1;
  EXPECT_THROW(BoostedTrees(library, options, task, *data.train, nullptr), ConfigError);
  const BoostedTrees trees(library, kQuick, task, *data.train, nullptr);
  EXPECT_THROW(trees.predict(TableDataset(Columns{.continuous = at::zeros({2, 1})})), ConfigError);
}

}  // namespace
}  // namespace tenfold::tabular
