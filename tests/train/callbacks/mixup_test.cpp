#include "tenfold/train/callbacks/mixup.h"

#include <gtest/gtest.h>

#include "../small.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"

namespace tenfold {
namespace {

/// Runs the callback on one batch: x is [N, 2], item k being (k, 1).
struct Mixed {
  Batch batch;
  std::vector<double> share;  ///< of the item itself
  std::vector<int64_t> partner;
};

Mixed mix(const Callback& callback, Learner& learner, int64_t items, int64_t step, at::Tensor y = {}) {
  Mixed mixed;
  std::vector<at::Tensor> rows;
  for (int64_t k = 0; k < items; ++k) {
    auto row = torch::zeros({items});
    row[k] = 1;
    rows.push_back(row);
    mixed.batch.index.push_back(100 + k);
  }
  mixed.batch.x = {torch::stack(rows)};
  mixed.batch.y = y.defined() ? y : torch::arange(items, torch::kLong) % 3;
  at::Tensor loss;
  const StepRow row{.step = step};
  StepContext context{.learner = learner, .batch = mixed.batch, .loss = loss, .row = row};
  callback.on_batch(context);
  for (int64_t k = 0; k < items; ++k) {  // a row of the blend holds both shares
    auto shares = mixed.batch.x[0][k].clone();
    mixed.share.push_back(shares[k].item<double>());
    shares[k] = 0;
    mixed.partner.push_back(shares.max().item<double>() > 0 ? shares.argmax().item<int64_t>() : k);
  }
  return mixed;
}

TEST(Mixup, BlendsPairsOfAPermutation) {
  auto learner = small::learner();
  const auto callback = mixup({.alpha = 0.4});
  const auto mixed = mix(callback, learner, 200, 0);
  EXPECT_TRUE(at::allclose(mixed.batch.x[0].sum(1), torch::ones({200})));
  EXPECT_TRUE(at::equal((mixed.batch.x[0] > 0).sum(0) <= 2, torch::ones({200}, torch::kBool)))
      << "each is a partner once";
  double mean = 0;
  for (const double share : mixed.share) {
    EXPECT_GE(share, 0.5 - 1e-6);
    mean += share / 200;
  }
  // E max(B, 1 - B) for B ~ Beta(a, a) is 0.5 + 0.5^(2a) / (a · B(a, a)): 0.8398 at a = 0.4.
  EXPECT_NEAR(mean, 0.8398, 0.03);
}

TEST(Mixup, DrawsAreKeyedByStepAndItem) {
  auto learner = small::learner();
  const auto callback = mixup({.alpha = 0.4});
  const auto one = mix(callback, learner, 8, 5), again = mix(callback, learner, 8, 5),
             next = mix(callback, learner, 8, 6);
  EXPECT_EQ(one.share, again.share);
  EXPECT_EQ(one.partner, again.partner);
  EXPECT_NE(one.share, next.share);
}

TEST(Mixup, BlendsFloatTargets) {
  nn::Task task{.kind = nn::TaskKind::regression, .classes = 1};
  Learner learner({.train = nullptr,
                   .valid = nullptr,
                   .test = nullptr,
                   .transform = nullptr,
                   .classes = {},
                   .outputs = {"y"},
                   .resized = {}},
                  std::make_shared<small::LinearNet>(4, 1), task, small::options());
  const auto callback = mixup({.alpha = 0.4});
  const auto mixed = mix(callback, learner, 6, 1, torch::arange(6, torch::kFloat).view({6, 1}));
  for (int64_t k = 0; k < 6; ++k)
    EXPECT_NEAR(mixed.batch.y[k][0].item<double>(), mixed.share[k] * k + (1 - mixed.share[k]) * mixed.partner[k], 1e-5);
}

TEST(Mixup, LossIsTheBlendOfBothTargets) {
  // The formula on given shares is checked against tools/reference_metrics.py ("mixup loss"): here the shares that were
  // drawn.
  for (const std::vector<double>& weights : {std::vector<double>{}, std::vector<double>{1, 2, 4}}) {
    auto task = small::task();
    task.class_weights = weights;
    Learner learner(small::data(), std::make_shared<small::Net>(), task, small::options());
    const auto callback = mixup({.alpha = 0.4});
    auto mixed = mix(callback, learner, 3, 2);
    const auto logits = torch::tensor({2.f, 1.f, 0.f, 0.f, 3.f, 1.f, 1.f, 1.f, 2.f}).view({3, 3});
    at::Tensor unused;
    const StepRow row{.step = 2};
    StepContext context{.learner = learner, .batch = mixed.batch, .loss = unused, .row = row};
    const double loss = callback.loss(context, logits).item<double>();
    const auto log_p = torch::log_softmax(logits, 1);
    double sum = 0, total = 0;
    for (int64_t k = 0; k < 3; ++k)
      for (const auto& [share, y] : {std::pair{mixed.share[k], k}, std::pair{1 - mixed.share[k], mixed.partner[k]}}) {
        const double weight = share * (weights.empty() ? 1 : weights[y]);
        sum -= weight * log_p[k][y].item<double>();
        total += weight;
      }
    EXPECT_NEAR(loss, sum / total, 1e-5);
  }
}

TEST(Mixup, KeepsDtypeAndMemoryFormatAndTrains) {
  auto options = small::options();
  options.precision = Precision::bf16;
  auto learner = small::learner(options);
  Callback look{.name = "look"};
  look.on_batch = [](StepContext& context) {
    EXPECT_EQ(context.batch.x[0].scalar_type(), at::kBFloat16);
    EXPECT_TRUE(context.batch.x[0].is_contiguous(at::MemoryFormat::ChannelsLast));
    return Next::go_on;
  };
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 10}, .callbacks = {mixup({.alpha = 0.2}), look}});
  EXPECT_GT(learner.record().epochs.back().metrics.at("accuracy"), 0.8);
  EXPECT_THROW(mixup({.alpha = 0}), ConfigError);
}

}  // namespace
}  // namespace tenfold
