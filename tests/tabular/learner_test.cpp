#include "tenfold/tabular/learner.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/train/predictions.h"

namespace tenfold::tabular {
namespace {

/// y = effect of a category + a curve of a number.
Columns numbers(int64_t n) {
  Columns columns{.codes = at::empty({n, 1}, at::kByte), .continuous = at::empty({n, 1}), .target = at::empty({n, 1})};
  Draw draw(3, 0, 0, Purpose::other);
  for (int64_t k = 0; k < n; ++k) {
    const int64_t code = 1 + draw.below(8);
    const double x = draw.normal();
    columns.codes[k][0] = code;
    columns.continuous[k][0] = x;
    columns.target[k][0] = 4 + 0.3 * static_cast<double>(code) + std::sin(2 * x);
  }
  return columns;
}

TableData regression(int64_t n) {
  const TableDataset all(numbers(n));
  std::vector<int64_t> train, valid;
  for (int64_t k = 0; k < n; ++k) (k % 4 == 0 ? valid : train).push_back(k);
  return table_data(std::make_shared<TableDataset>(all, train), std::make_shared<TableDataset>(all, valid), nullptr,
                    {.levels = {9}, .continuous = 1}, {.kind = nn::TaskKind::regression, .classes = 1}, {"y"});
}

const Plan kPlan{.lr = 1e-2, .shape = OneCycle{.epochs = 6}};

TEST(TableLearner, LearnsNumbersWithinARange) {
  auto learn = learner(regression(2000), {.layers = {32, 16}, .range = {3, 9}, .norm = NormPlace::none},
                       {.batch = 64, .metrics = {"rmse"}});
  learn.fit({.lr = 1e-2, .shape = OneCycle{.epochs = 15}});
  EXPECT_LT(learn.record().epochs.back().metrics.at("rmse"), 0.25);  // the target's deviation is 0.97
  const auto values = predict(learn, Split::valid).activated;
  EXPECT_GT(values.min().item<double>(), 3);
  EXPECT_LT(values.max().item<double>(), 9);
}

TEST(TableLearner, SameBitsAgainAndAfterAResume) {
  const auto data = regression(600);
  const ModelOptions model{.layers = {16}, .dropout = {0.2}, .embedding_dropout = 0.1};
  const LearnerOptions training{.batch = 32};
  const auto bits = [](Learner& learn) { return nn::hash_of(nn::state_of(learn.model())); };
  auto first = learner(data, model, training), again = learner(data, model, training);
  first.fit(kPlan);
  again.fit(kPlan);
  EXPECT_EQ(bits(first), bits(again));

  std::optional<Learner::Snapshot> half;
  auto plan = kPlan;
  plan.callbacks = {Callback{.name = "stop", .on_step = [&](StepContext& context) {
                               if (context.row.step != 30) return Next::go_on;
                               half = context.learner.snapshot();
                               return Next::stop;
                             }}};
  auto stopped = learner(data, model, training);
  stopped.fit(plan);
  ASSERT_TRUE(half);
  auto resumed = learner(data, model, training);
  resumed.restore(*half);
  resumed.fit(kPlan);
  EXPECT_EQ(bits(resumed), bits(first));
}

TEST(TableLearner, SeveralLabels) {
  Columns columns = numbers(1200);
  const auto code = columns.codes.select(1, 0).to(at::kLong);
  columns.target = at::stack({code % 2, code > 4, columns.continuous.select(1, 0) > 0}, 1).to(at::kFloat);
  const auto rows = std::make_shared<TableDataset>(columns);
  const auto data = table_data(rows, rows, nullptr, {.levels = {9}, .continuous = 1},
                               {.kind = nn::TaskKind::multi_label, .classes = 3}, {"odd", "high", "positive"});
  auto learn = learner(data, {.layers = {32}}, {.batch = 64, .metrics = {"accuracy"}});
  learn.fit(kPlan);
  EXPECT_GT(learn.record().epochs.back().metrics.at("accuracy"), 0.98);
}

TEST(TableLearner, TakesBinsFromTheTrainingRows) {
  const auto data = regression(400);
  auto learn = learner(data, {.numbers = NumberEmbedding::piecewise_linear, .bins = 4});
  const auto edges = learn.model().named_buffers()["numbers.edges"];
  const auto train = std::dynamic_pointer_cast<const TableDataset>(data.data.train);
  std::vector<int64_t> all(static_cast<size_t>(train->size()));
  for (size_t k = 0; k < all.size(); ++k) all[k] = static_cast<int64_t>(k);
  const auto x = train->gather(all, std::nullopt).x[1].select(1, 0);
  const auto wanted = at::quantile(x, at::tensor({0.0f, 0.25f, 0.5f, 0.75f, 1.0f}));
  EXPECT_TRUE(at::allclose(edges[0], wanted, 1e-5, 1e-6)) << edges;
}

TEST(TableLearner, RefusesRowsOfAnotherShape) {
  const auto rows = std::make_shared<TableDataset>(numbers(4));
  EXPECT_THROW(table_data(rows, nullptr, nullptr, {.levels = {9, 2}, .continuous = 1},
                          {.kind = nn::TaskKind::regression, .classes = 1}, {}),
               ConfigError);
}

}  // namespace
}  // namespace tenfold::tabular
