// Reference numbers: tools/reference_metrics.py (scikit-learn 1.9.1), and fastai's published vectors.

#include "tenfold/train/metric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

using nn::Task;
using nn::TaskKind;
using testing::HasSubstr;

double score(const std::string& name, const Task& task, const at::Tensor& activated, const at::Tensor& target) {
  return metric(name, task.kind).compute(task, activated, target);
}

const Task kThree{.kind = TaskKind::single_label, .classes = 3};

at::Tensor probabilities() {
  return torch::tensor({.7f,  .2f,  .1f, .1f, .6f, .3f, .3f, .3f, .4f, .2f,  .5f,  .3f,
                        .25f, .35f, .4f, .6f, .3f, .1f, .1f, .2f, .7f, .45f, .45f, .1f})
      .view({8, 3});
}
at::Tensor classes() { return torch::tensor({0, 1, 2, 2, 0, 0, 2, 2}, torch::kLong); }

TEST(Metric, SingleLabelAgreesWithScikitLearn) {
  const auto p = probabilities(), y = classes();
  EXPECT_DOUBLE_EQ(score("accuracy", kThree, p, y), 0.625);
  EXPECT_DOUBLE_EQ(score("error_rate", kThree, p, y), 0.375);
  EXPECT_NEAR(score("f1", kThree, p, y), 0.634920634921, 1e-12);
  EXPECT_NEAR(score("f2", kThree, p, y), 0.675438596491, 1e-12);
  EXPECT_NEAR(score("auc", kThree, p, y), 0.851388888889, 1e-12);
  EXPECT_NEAR(score("kappa", kThree, p, y), 0.307692307692, 1e-12);
  EXPECT_NEAR(score("matthews", kThree, p, y), 0.425532248173, 1e-12);
  EXPECT_NEAR(score("log_loss", kThree, p, y), 0.943018015715, 1e-7);
}

TEST(Metric, AucRanksTies) {
  const Task two{.kind = TaskKind::single_label, .classes = 2};
  const auto p = torch::tensor({.1f, .4f, .35f, .8f, .4f, .4f, .9f, .2f});
  const auto y = torch::tensor({0, 0, 1, 1, 1, 0, 1, 0}, torch::kLong);
  EXPECT_NEAR(score("auc", two, torch::stack({1 - p, p}, 1), y), 0.8125, 1e-12);
  EXPECT_DOUBLE_EQ(score("auc", two, torch::full({8, 2}, .5), y), 0.5);
  EXPECT_TRUE(std::isnan(score("auc", two, torch::stack({1 - p, p}, 1), torch::ones({8}, torch::kLong))));
}

TEST(Metric, MultiLabelAgreesWithScikitLearn) {
  const Task labels{.kind = TaskKind::multi_label, .classes = 3};
  const auto p = torch::tensor({.9f, .4f, .1f, .3f, .8f, .6f, .6f, .2f, .7f, .2f, .3f, .4f}).view({4, 3});
  const auto y = torch::tensor({1.f, 1.f, 0.f, 0.f, 1.f, 1.f, 1.f, 0.f, 0.f, 0.f, 0.f, 1.f}).view({4, 3});
  EXPECT_DOUBLE_EQ(score("accuracy", labels, p, y), 0.75);
  EXPECT_NEAR(score("f1", labels, p, y), 0.583333333333, 1e-12);
  EXPECT_NEAR(score("f2", labels, p, y), 0.597222222222, 1e-12);
  EXPECT_NEAR(score("auc", labels, p, y), 0.833333333333, 1e-12);
  EXPECT_NEAR(score("log_loss", labels, p, y), 0.470975590728, 1e-7);
  // fastai 2.8, per sample: p = [[.9, .4, .1], [.3, .8, .6]], y = [[1, 1, 0], [0, 1, 0]]
  EXPECT_NEAR(score("f2", labels, p.narrow(0, 0, 2), torch::tensor({1.f, 1.f, 0.f, 0.f, 1.f, 0.f}).view({2, 3})),
              0.694444, 1e-6);
}

TEST(Metric, KappaAndMatthewsOfFastai) {
  const auto given = torch::one_hot(torch::tensor({1, 0, 2, 2, 0}, torch::kLong), 3).to(torch::kFloat);
  const auto wanted = torch::tensor({1, 1, 2, 0, 0}, torch::kLong);
  EXPECT_NEAR(score("kappa", kThree, given, wanted), .285714, 1e-6);
  EXPECT_NEAR(score("matthews", kThree, given, wanted), .4375, 1e-12);
  EXPECT_DOUBLE_EQ(score("accuracy", kThree, given, wanted), .6);
  EXPECT_TRUE(std::isnan(score("kappa", kThree, given.narrow(0, 0, 1), wanted.narrow(0, 0, 1))));
}

TEST(Metric, RegressionAgreesWithScikitLearn) {
  const Task one{.kind = TaskKind::regression, .classes = 2};
  const auto v = torch::tensor({1.f, 10.f, 2.f, 12.f, 3.f, 9.f, 4.f, 14.f}).view({4, 2});
  const auto t = torch::tensor({1.1f, 11.f, 1.9f, 12.5f, 3.3f, 8.f, 3.5f, 15.f}).view({4, 2});
  EXPECT_NEAR(score("rmse", one, v, t), 0.671751442127, 1e-6);
  EXPECT_NEAR(score("mae", one, v, t), 0.5625, 1e-6);
  EXPECT_NEAR(score("r2", one, v, t), 0.891170039114, 1e-6);
  EXPECT_TRUE(std::isnan(score("r2", one, v, torch::ones({4, 2}))));
  // fastai: (1, 2, 3) against (1.1, 1.9, 3.3)
  const auto a = torch::tensor({1.f, 2.f, 3.f}).view({3, 1}), b = torch::tensor({1.1f, 1.9f, 3.3f}).view({3, 1});
  EXPECT_NEAR(score("rmse", one, a, b), .1915, 5e-5);
  EXPECT_NEAR(score("mae", one, a, b), .1667, 5e-5);
  EXPECT_NEAR(score("r2", one, a, b), .9556, 2e-2);
  EXPECT_NEAR(score("exp_rmspe", one, a, b), .1706, 5e-5);
  EXPECT_NEAR(score("rmspe", one, a.exp(), b.exp()), .1706, 5e-5);
}

TEST(Metric, SalesOfZeroHaveNoShare) {
  const Task one{.kind = TaskKind::regression, .classes = 1};
  const auto given = torch::tensor({5.f, 90.f, 0.f}).view({3, 1}),
             wanted = torch::tensor({0.f, 100.f, 0.f}).view({3, 1});
  EXPECT_NEAR(score("rmspe", one, given, wanted), 0.1, 1e-7);
  EXPECT_NEAR(score("exp_rmspe", one, given.log(), wanted.log()), 0.1, 1e-6);
  EXPECT_TRUE(std::isnan(score("rmspe", one, given, torch::zeros({3, 1}))));
}

TEST(Metric, TopKCountsMoreProbableClasses) {
  const Task ten{.kind = TaskKind::single_label, .classes = 10};
  const auto p = torch::arange(10, torch::kFloat).repeat({3, 1}) / 45;
  const auto y = torch::tensor({9, 7, 5}, torch::kLong);  // rank 1, 3 and 5
  EXPECT_NEAR(score("top_3", ten, p, y), 2.0 / 3, 1e-12);
  EXPECT_NEAR(score("top_5", ten, p, y), 1, 1e-12);
  EXPECT_NEAR(score("top_5", ten, p, y - 1), 2.0 / 3, 1e-12);
}

TEST(Metric, OrdinalClassesAreNumbers) {
  const Task grades{.kind = TaskKind::ordinal, .classes = 4};
  const auto p = torch::one_hot(torch::tensor({0, 3, 2}, torch::kLong), 4).to(torch::kFloat);
  const auto y = torch::tensor({0, 1, 3}, torch::kLong);
  EXPECT_DOUBLE_EQ(score("mae", grades, p, y), 1);
  EXPECT_NEAR(score("rmse", grades, p, y), std::sqrt(5.0 / 3), 1e-12);
  EXPECT_NEAR(score("accuracy", grades, p, y), 1.0 / 3, 1e-12);
}

TEST(Metric, AnImpossibleTruthCostsMuchNotAll) {
  const auto p = torch::tensor({1.f, 0.f, 0.f}).view({1, 3});
  EXPECT_NEAR(score("log_loss", kThree, p, torch::tensor({1}, torch::kLong)), 34.54, 0.01);
}

TEST(Metric, EveryDefaultIsThereAndFits) {
  for (const auto kind : {TaskKind::single_label, TaskKind::multi_label, TaskKind::regression, TaskKind::ordinal}) {
    ASSERT_FALSE(default_metrics(kind).empty());
    for (const auto& name : default_metrics(kind)) EXPECT_EQ(metric(name, kind).name, name);
  }
}

TEST(Metric, SaysWhatElseThereIs) {
  const auto problem = [](const std::string& name, TaskKind kind) -> std::string {
    try {
      metric(name, kind);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(problem("acuracy", TaskKind::single_label), HasSubstr("did you mean \"accuracy\"?"));
  EXPECT_EQ(problem("r2", TaskKind::single_label), "metrics: \"r2\" does not fit this task; it is for regression");
}

TEST(Metric, ConfusionHasActualRowsAndPredictedColumns) {
  const auto counts = confusion(3, torch::tensor({0, 0, 2}, torch::kLong), torch::tensor({0, 1, 1}, torch::kLong));
  EXPECT_TRUE(at::equal(counts, torch::tensor({1, 1, 0, 0, 0, 0, 0, 1, 0}, torch::kLong).view({3, 3})));
}

TEST(Metric, OfALanguageModelCountsTokensAndNotItems) {
  const nn::Task task{.kind = nn::TaskKind::language_model, .classes = 100};
  const auto scores = torch::tensor({{2.f, 0.5f}, {5.f, 0.25f}});
  const auto tokens = torch::tensor({30, 10}, torch::kLong);
  EXPECT_NEAR(metric("perplexity", task.kind).compute(task, scores, tokens), std::exp(2.75), 1e-9);
  EXPECT_NEAR(metric("accuracy", task.kind).compute(task, scores, tokens), 0.4375, 1e-9);
  EXPECT_THROW(metric("auc", task.kind), ConfigError);
}

}  // namespace
}  // namespace tenfold
