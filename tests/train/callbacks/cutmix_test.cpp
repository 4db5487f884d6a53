#include "tenfold/train/callbacks/cutmix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../small.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/callbacks/mix.h"
#include "tenfold/train/callbacks/mixup.h"

namespace tenfold {
namespace {

constexpr int64_t kItems = 12, kHeight = 9, kWidth = 14;

/// Item k is k + 1 everywhere.
Batch flat_batch(at::Tensor y = {}) {
  Batch batch;
  batch.x = {(torch::arange(kItems, torch::kFloat) + 1)
                 .view({kItems, 1, 1, 1})
                 .expand({kItems, 3, kHeight, kWidth})
                 .contiguous()};
  batch.y = y.defined() ? y : torch::arange(kItems, torch::kLong) % 3;
  for (int64_t k = 0; k < kItems; ++k) batch.index.push_back(70 + k);
  return batch;
}

struct Mixed {
  Batch batch;
  std::vector<double> kept;      ///< share of the item's own pixels, counted
  std::vector<int64_t> partner;  ///< itself where nothing of another shows
};

Mixed run(const Callback& callback, Learner& learner, int64_t step, at::Tensor y = {}) {
  Mixed mixed{.batch = flat_batch(y), .kept = {}, .partner = {}};
  at::Tensor loss;
  const StepRow row{.step = step};
  StepContext context{.learner = learner, .batch = mixed.batch, .loss = loss, .row = row};
  callback.on_batch(context);
  for (int64_t k = 0; k < kItems; ++k) {
    const auto image = mixed.batch.x[0][k];
    const auto own = image == static_cast<double>(k + 1);
    mixed.kept.push_back(own.to(torch::kDouble).mean().item<double>());
    const auto other = image.masked_select(~own);
    mixed.partner.push_back(other.numel() > 0 ? other[0].item<int64_t>() - 1 : k);
    if (other.numel() > 0) {
      EXPECT_TRUE((other == other[0]).all().item<bool>()) << "one partner";
    }
  }
  return mixed;
}

double loss_of(const Callback& callback, Learner& learner, Mixed& mixed, const at::Tensor& logits) {
  at::Tensor unused;
  const StepRow row{};
  StepContext context{.learner = learner, .batch = mixed.batch, .loss = unused, .row = row};
  return callback.loss(context, logits).item<double>();
}

TEST(Cutmix, BoxesHaveTheAreaThatIsDrawn) {
  double mean = 0;
  constexpr int kTimes = 4000;
  for (uint64_t k = 0; k < kTimes; ++k) {
    const auto box = draw_box(60, 100, 1, Draw(1, 0, k, Purpose::mix));
    ASSERT_TRUE(box.x >= 0 && box.y >= 0 && box.width >= 0 && box.height >= 0);
    ASSERT_TRUE(box.x + box.width <= 100 && box.y + box.height <= 60);
    mean += static_cast<double>(box.width * box.height) / 6000 / kTimes;
  }
  // A side s of the image's, its centre uniform, shows s - s²/4 of the image's; s = √U: E (s - s²/4)² = 1/2 - 1/5 +
  // 1/48.
  EXPECT_NEAR(mean, 0.5 - 0.2 + 1.0 / 48, 0.01);
}

TEST(Cutmix, LossIsWeighedByTheRealArea) {
  auto learner = small::learner();
  const auto callback = cutmix({});
  auto mixed = run(callback, learner, 3);
  EXPECT_THAT(mixed.kept, testing::Contains(testing::Lt(0.95)));
  torch::manual_seed(1);
  const auto logits = torch::randn({kItems, 3}), log_p = torch::log_softmax(logits, 1);
  double sum = 0;
  for (int64_t k = 0; k < kItems; ++k) {
    const auto kept = mixed.kept[static_cast<size_t>(k)];
    sum -= kept * log_p[k][k % 3].item<double>() +
           (1 - kept) * log_p[k][mixed.partner[static_cast<size_t>(k)] % 3].item<double>();
  }
  EXPECT_NEAR(loss_of(callback, learner, mixed, logits), sum / kItems, 1e-5);
}

TEST(Cutmix, BlendsFloatTargetsByTheRealArea) {
  Learner learner(small::data(), std::make_shared<small::Net>(1, kItems),
                  {.kind = nn::TaskKind::multi_label, .classes = kItems}, small::options());
  const auto mixed = run(cutmix({}), learner, 3, torch::eye(kItems));
  for (int64_t k = 0; k < kItems; ++k) {
    const auto kept = mixed.kept[static_cast<size_t>(k)];
    const auto partner = mixed.partner[static_cast<size_t>(k)];
    EXPECT_NEAR(mixed.batch.y[k][k].item<double>(), partner == k ? 1 : kept, 1e-6);
    EXPECT_NEAR(mixed.batch.y[k].sum().item<double>(), 1, 1e-6);
    if (partner != k) {
      EXPECT_NEAR(mixed.batch.y[k][partner].item<double>(), 1 - kept, 1e-6);
    }
  }
}

TEST(Cutmix, DrawsAreKeyedByStepAndItem) {
  auto learner = small::learner();
  const auto callback = cutmix({});
  const auto one = run(callback, learner, 5), again = run(callback, learner, 5), next = run(callback, learner, 6);
  EXPECT_TRUE(at::equal(one.batch.x[0], again.batch.x[0]));
  EXPECT_FALSE(at::equal(one.batch.x[0], next.batch.x[0]));
}

TEST(Cutmix, TakesTurnsWithMixupByTheStep) {
  auto learner = small::learner();
  const auto callback = either(mixup({.alpha = 1}), cutmix({}));
  int cut = 0;
  for (int64_t step = 0; step < 100; ++step) {
    const auto mixed = run(callback, learner, step);
    const auto whole = mixed.batch.x[0] == mixed.batch.x[0].round();  // a blend is seldom a whole number
    cut += whole.all().item<bool>();
    EXPECT_TRUE(at::equal(mixed.batch.x[0], run(callback, learner, step).batch.x[0]));
  }
  EXPECT_NEAR(cut, 50, 17);
}

TEST(Cutmix, TrainsAndRefusesWhatIsNoImage) {
  auto options = small::options();
  options.precision = Precision::bf16;
  auto learner = small::learner(options);
  Callback look{.name = "look"};
  look.on_batch = [](StepContext& context) {
    EXPECT_EQ(context.batch.x[0].scalar_type(), at::kBFloat16);
    EXPECT_TRUE(context.batch.x[0].is_contiguous(at::MemoryFormat::ChannelsLast));
    return Next::go_on;
  };
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 10}, .callbacks = {cutmix({}), look}});
  EXPECT_GT(learner.record().epochs.back().metrics.at("accuracy"), 0.8);
  EXPECT_THROW(cutmix({.alpha = 0}), ConfigError);
  Learner linear(small::rows(16), std::make_shared<small::LinearNet>(4, 1),
                 {.kind = nn::TaskKind::regression, .classes = 1}, small::options());
  EXPECT_THROW(linear.fit({.shape = Constant{.epochs = 1}, .callbacks = {cutmix({})}}), ConfigError);
}

}  // namespace
}  // namespace tenfold
