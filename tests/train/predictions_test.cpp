#include "tenfold/train/predictions.h"

#include <ATen/CPUGeneratorImpl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "small.h"
#include "tenfold/core/error.h"
#include "tenfold/nn/loss.h"
#include "tenfold/train/batches.h"
#include "tenfold/train/precompute.h"

namespace tenfold {
namespace {

using testing::HasSubstr;

TEST(Predict, IsOneEvaluationPassInOrder) {
  auto learner = small::learner();
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}});
  learner.model().train();
  const auto before = small::bits(learner);
  std::vector<std::pair<int64_t, int64_t>> seen;
  const auto predictions =
      predict(learner, Split::valid, [&](int64_t done, int64_t all) { seen.emplace_back(done, all); });
  EXPECT_EQ(small::bits(learner), before) << "no statistics moved";
  EXPECT_TRUE(learner.model().is_training());
  EXPECT_EQ(seen.back(), (std::pair<int64_t, int64_t>{20, 20}));
  ASSERT_EQ(predictions.activated.sizes(), (std::vector<int64_t>{20, 3}));
  EXPECT_TRUE(at::allclose(predictions.activated.sum(1), torch::ones({20})));
  for (int64_t k = 0; k < 20; ++k) {
    EXPECT_EQ(predictions.index[k], k);
    EXPECT_EQ(predictions.names[k], "picture " + std::to_string(k));
    EXPECT_EQ(predictions.target[k].item<int64_t>(), k % 3);
    EXPECT_NEAR(predictions.item_loss[k].item<double>(), -std::log(predictions.activated[k][k % 3].item<double>()),
                1e-4);
  }
}

TEST(Predict, InPartsItSaysTheSameBits) {
  auto learner = small::learner();
  const auto whole = predict(learner, Split::valid);
  const int64_t batch = learner.options().batch;
  for (const int64_t items : {int64_t{1}, batch + 1, int64_t{100}}) {
    std::vector<at::Tensor> activated, targets;
    std::vector<std::string> names;
    std::vector<int64_t> index, seen;
    predict_in_parts(
        learner, Split::valid, items,
        [&](Predictions part) {
          EXPECT_TRUE(static_cast<int64_t>(part.names.size()) < items + batch);
          activated.push_back(part.activated);
          targets.push_back(part.target);
          names.insert(names.end(), part.names.begin(), part.names.end());
          index.insert(index.end(), part.index.begin(), part.index.end());
        },
        [&](int64_t done, int64_t) { seen.push_back(done); });
    EXPECT_TRUE(at::equal(at::cat(activated), whole.activated)) << items;
    EXPECT_TRUE(at::equal(at::cat(targets), whole.target));
    EXPECT_EQ(names, whole.names);
    EXPECT_EQ(index, whole.index);
    EXPECT_EQ(seen.back(), 20);
    EXPECT_EQ(activated.size() > 1, items < 20) << items;
  }
  EXPECT_THROW(predict_in_parts(learner, Split::valid, 0, [](const Predictions&) {}), ConfigError);
}

TEST(Predict, WithoutLabelsThereIsNoTarget) {
  auto learner = small::learner();
  const auto predictions = predict(learner, Split::test);
  EXPECT_EQ(predictions.activated.size(0), 9);
  EXPECT_FALSE(predictions.target.defined());
  EXPECT_FALSE(predictions.item_loss.defined());
  EXPECT_TRUE(evaluate(learner.task(), predictions, {"accuracy"}).metrics.empty());
}

TEST(Predict, ASplitThatIsNotThereIsNamed) {
  auto data = small::data();
  data.test = nullptr;
  auto learner = small::learner(small::options(), data);
  try {
    predict(learner, Split::test);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"test\" has no items"));
  }
}

TEST(Evaluate, LossIsWhatTrainingMinimises) {
  for (const std::vector<double>& weights : {std::vector<double>{}, std::vector<double>{1, 2, 4}}) {
    nn::Task task = small::task();
    task.class_weights = weights;
    // tools/reference_metrics.py: "weighted mean" 1.741411447525
    const auto logits = torch::tensor({2.f, 1.f, 0.f, 0.f, 3.f, 1.f, 1.f, 1.f, 2.f}).view({3, 3});
    const auto target = torch::tensor({0, 2, 1}, torch::kLong);
    const Predictions predictions{.activated = nn::activate(task, logits),
                                  .target = target,
                                  .item_loss = nn::item_loss(task, logits, target),
                                  .names = {},
                                  .index = {}};
    const auto evaluation = evaluate(task, predictions, {"accuracy"});
    EXPECT_NEAR(evaluation.loss, nn::loss(task, logits, target).item<double>(), 1e-6);
    if (!weights.empty()) {
      EXPECT_NEAR(evaluation.loss, 1.741411447525, 1e-6);
    }
    EXPECT_NEAR(evaluation.metrics.at("accuracy"), 1.0 / 3, 1e-12);
  }
}

TEST(Tta, AveragesProbabilitiesOfPlainAndAugmentedViews) {
  auto learner = small::learner();
  learner.fit({.lr = 2e-2, .shape = Cosine{.epochs = 2}});
  // The same by hand: each view through the network, softmax, then the weighted mean.
  const auto view = [&](const std::optional<uint64_t>& epoch) {
    const torch::NoGradGuard no_grad;
    learner.model().eval();
    std::vector<at::Tensor> parts;
    const auto& data = learner.data();
    for (int64_t first = 0; first < 20; first += 8) {
      Batch batch;
      std::vector<at::Tensor> images;
      for (int64_t k = first; k < std::min<int64_t>(first + 8, 20); ++k) {
        std::optional<Draw> draw;
        if (epoch) draw = Draw(42, *epoch, static_cast<uint64_t>(k), Purpose::item_transform);
        images.push_back(data.valid->get(k, draw).x[0]);
        batch.index.push_back(k);
      }
      batch.x = {torch::stack(images).permute({0, 3, 1, 2})};
      std::optional<BatchTransform::Key> key;
      if (epoch) key = BatchTransform::Key{42, *epoch};
      parts.push_back(torch::softmax(learner.model().forward(data.transform->apply(batch, key, at::kFloat).x), 1));
    }
    return torch::cat(parts);
  };
  const auto plain = view({}), one = view(kTtaEpoch), two = view(kTtaEpoch + 1);
  EXPECT_FALSE(at::equal(one, two));
  const auto averaged = tta(learner, Split::valid, {.views = 2, .plain_weight = 0.4});
  EXPECT_TRUE(at::allclose(averaged.activated, 0.4 * plain + 0.6 * (one + two) / 2, 1e-5, 1e-6));
  // The loss is that of the average, not of the plain view.
  const auto own = -averaged.activated.gather(1, averaged.target.unsqueeze(1)).squeeze(1).log();
  EXPECT_TRUE(at::allclose(averaged.item_loss, own, 1e-4, 1e-5));
  const auto largest = tta(learner, Split::valid, {.views = 2, .maximum = true});
  EXPECT_TRUE(at::allclose(largest.activated, torch::maximum(plain, torch::maximum(one, two)), 1e-5, 1e-6));
  EXPECT_TRUE(at::equal(tta(learner, Split::valid, {.views = 2, .plain_weight = 0.4}).activated, averaged.activated));
}

/// Probabilities of the network for plain views that are changed as `change` says.
at::Tensor probabilities(Learner& learner, const Data& data,
                         const std::function<at::Tensor(const at::Tensor&)>& change) {
  const torch::NoGradGuard no_grad;
  learner.model().eval();
  Batch batch;
  std::vector<at::Tensor> images;
  for (int64_t k = 0; k < data.valid->size(); ++k) {
    images.push_back(data.valid->get(k, std::nullopt).x[0]);
    batch.index.push_back(k);
  }
  batch.x = {torch::stack(images).permute({0, 3, 1, 2})};
  const auto x = data.transform->apply(batch, std::nullopt, at::kFloat).x[0];
  return torch::softmax(learner.model().forward({change(x)}), 1);
}

TEST(Tta, LegacyCountsThePlainViewAsFastaiRepeatedIt) {
  auto learner = small::learner();
  learner.fit({.lr = 2e-2, .shape = Cosine{.epochs = 2}});
  const auto views = [&](int count, double weight) {
    return tta(learner, Split::valid, {.views = count, .plain_weight = weight}).activated;
  };
  const auto legacy = [&](int count) {
    return tta(learner, Split::valid, {.method = TtaMethod::legacy, .views = count}).activated;
  };
  EXPECT_TRUE(at::allclose(legacy(4), views(4, 1.0 / 5), 1e-6, 1e-7));  // one plain of five
  EXPECT_TRUE(at::allclose(legacy(6), views(6, 2.0 / 8), 1e-6, 1e-7));  // two of eight
}

TEST(Tta, FixedViewsAreWhatTheySay) {
  auto learner = small::learner();
  learner.fit({.lr = 2e-2, .shape = Cosine{.epochs = 2}});
  const auto look = [&](const std::function<at::Tensor(const at::Tensor&)>& change) {
    return probabilities(learner, learner.data(), change);
  };
  const auto mirrored = [](const at::Tensor& x) { return x.flip(3); };
  const auto plain = look([](const at::Tensor& x) { return x; }), mirror = look(mirrored);
  const auto both = tta(learner, Split::valid, {.method = TtaMethod::mirror});
  EXPECT_TRUE(at::allclose(both.activated, (plain + mirror) / 2, 1e-5, 1e-6));
  const auto own = -both.activated.gather(1, both.target.unsqueeze(1)).squeeze(1).log();
  EXPECT_TRUE(at::allclose(both.item_loss, own, 1e-4, 1e-5));
  const auto largest = tta(learner, Split::valid, {.method = TtaMethod::mirror, .maximum = true});
  EXPECT_TRUE(at::allclose(largest.activated, torch::maximum(plain, mirror), 1e-5, 1e-6));

  // Pictures of 8 pixels move by one: what is shown begins one to the left and up, or one to the right and down.
  const auto shifted = [&](int by) {
    return look([by](const at::Tensor& x) {
      const auto columns = by < 0 ? at::tensor({1, 0, 1, 2, 3, 4, 5, 6}) : at::tensor({1, 2, 3, 4, 5, 6, 7, 6});
      return x.index_select(2, columns).index_select(3, columns);
    });
  };
  const auto shifted_mirrored = [&](int by) {
    return look([&, by](const at::Tensor& x) {
      const auto columns = by < 0 ? at::tensor({1, 0, 1, 2, 3, 4, 5, 6}) : at::tensor({1, 2, 3, 4, 5, 6, 7, 6});
      return x.index_select(2, columns).index_select(3, columns).flip(3);
    });
  };
  const auto expected =
      (plain + mirror) / 4 + (shifted(-1) + shifted(1) + shifted_mirrored(-1) + shifted_mirrored(1)) / 8;
  EXPECT_TRUE(
      at::allclose(tta(learner, Split::valid, {.method = TtaMethod::mirror_shifts}).activated, expected, 1e-5, 1e-6));
}

/// Pictures whose plain view is cut from the middle of a fixed noise, as large as asked.
class Wide : public small::Pictures {
 public:
  Wide(int64_t n, int64_t side) : Pictures(n, 5), side_(side) {}
  Sample get(int64_t index, const std::optional<Draw>&) const override {
    // A generator of its own: workers read at the same time.
    const auto all = torch::randint(
        256, {12, 12, 3}, at::make_generator<at::CPUGeneratorImpl>(static_cast<uint64_t>(index)), torch::kByte);
    return {{all.narrow(0, (12 - side_) / 2, side_).narrow(1, (12 - side_) / 2, side_).contiguous()}, target(index)};
  }

 private:
  int64_t side_;
};

TEST(Tta, FiveCropsLookAtALargerPicture) {
  const auto at_side = [](int64_t side) {
    auto data = small::data();
    data.valid = std::make_shared<Wide>(10, side);
    return data;
  };
  Data data = at_side(8);
  auto without = small::learner(small::options(), data);
  EXPECT_THROW(tta(without, Split::valid, {.method = TtaMethod::five_crops}), ConfigError);
  int64_t asked = 0;
  data.resized = [&](int64_t side) {
    asked = side;
    return at_side(side);
  };
  auto learner = small::learner(small::options(), data);
  const auto crops = tta(learner, Split::valid, {.method = TtaMethod::five_crops}).activated;
  EXPECT_EQ(asked, 10);
  at::Tensor sum = torch::zeros({10, 3});
  for (const auto& [y, x] : {std::pair{1, 1}, {0, 0}, {0, 2}, {2, 0}, {2, 2}})
    sum += probabilities(learner, at_side(10), [top = y, left = x](const at::Tensor& all) {
      return all.narrow(2, top, 8).narrow(3, left, 8).contiguous(at::MemoryFormat::ChannelsLast);
    });
  EXPECT_TRUE(at::allclose(crops, sum / 5, 1e-5, 1e-6));
}

TEST(Tta, RefusesViewsThatAreAllThePlainOne) {
  auto learner = small::learner();
  learner.freeze();
  Learner head = precompute(learner);
  EXPECT_THROW(tta(head, Split::valid), ConfigError);
  EXPECT_THROW(tta(head, Split::valid, {.method = TtaMethod::mirror}), ConfigError);
  const Data rows{.train = nullptr,
                  .valid = std::make_shared<small::Rows>(torch::ones({4, 4}), torch::zeros({4, 1})),
                  .test = nullptr,
                  .transform = nullptr,
                  .classes = {},
                  .outputs = {"y"},
                  .resized = {}};
  Learner plain(rows, std::make_shared<small::LinearNet>(4, 1), {.kind = nn::TaskKind::regression, .classes = 1},
                small::options());
  try {
    tta(plain, Split::valid);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no augmentation"));
    EXPECT_THAT(error.what(), HasSubstr("mirror"));
  }
  EXPECT_THROW(tta(plain, Split::valid, {.method = TtaMethod::mirror}), ConfigError) << "rows are no images";
  auto whole = small::learner();
  EXPECT_THROW(tta(whole, Split::valid, {.views = 0}), ConfigError);
  EXPECT_THROW(tta(whole, Split::valid, {.plain_weight = 2}), ConfigError);
}

/// Pictures of which some cannot be read.
class Damaged : public small::Pictures {
 public:
  using Pictures::Pictures;
  Sample get(int64_t index, const std::optional<Draw>& draw) const override {
    if (index == 3 || index == 11) throw DataError(name(index), 0, "is cut off");
    return Pictures::get(index, draw);
  }
};

TEST(Predict, ItemsThatAreLeftOutAreMissingAndListedOnce) {
  auto data = small::data();
  data.valid = std::make_shared<Damaged>(20, 8);
  auto options = small::options();
  options.skip_broken = 2;
  auto learner = small::learner(options, data);
  for (int time = 0; time < 2; ++time) {
    const auto predictions = predict(learner, Split::valid);
    EXPECT_EQ(predictions.activated.size(0), 18);
    EXPECT_EQ(predictions.index[3], 4);
    EXPECT_EQ(predictions.names[10], "picture 12");
  }
  ASSERT_EQ(learner.skipped().size(), 2u);
  EXPECT_THAT(learner.skipped()[0], HasSubstr("picture 3"));
}

TEST(Predict, KeepsFeaturesOfSomeItemsOnTheWay) {
  auto learner = small::learner();
  const auto plain = predict(learner, Split::valid);
  EXPECT_FALSE(plain.features.defined());
  const auto all = predict(learner, Split::valid, {}, 1000);
  EXPECT_TRUE(torch::equal(all.activated, plain.activated));
  ASSERT_EQ(all.features.sizes(), (at::IntArrayRef{20, 16}));
  learner.model().eval();
  const at::NoGradGuard no_grad;
  EXPECT_TRUE(torch::equal(nn::activate(learner.task(), learner.model().head(all.features)), plain.activated));

  const auto some = predict(learner, Split::valid, {}, 7);
  ASSERT_EQ(some.feature_rows.size(), 7u);
  EXPECT_TRUE(std::is_sorted(some.feature_rows.begin(), some.feature_rows.end()));
  EXPECT_TRUE(torch::equal(some.features, all.features.index_select(0, torch::tensor(some.feature_rows))));
  auto other = small::options();
  other.seed = 5;
  auto another = small::learner(other);
  EXPECT_NE(predict(another, Split::valid, {}, 7).feature_rows, some.feature_rows) << "drawn by the seed";
}

}  // namespace
}  // namespace tenfold
