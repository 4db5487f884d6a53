#include "tenfold/train/precompute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <numeric>

#include "small.h"
#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/train/feature_dataset.h"

namespace tenfold {
namespace {

namespace fs = std::filesystem;

/// A learner whose statistics have moved, with its body frozen.
Learner frozen(LearnerOptions options = small::options()) {
  auto learner = small::learner(std::move(options));
  learner.fit({.lr = 1e-2, .shape = Cosine{.epochs = 1}});
  learner.freeze();
  return learner;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(folder)) files.push_back(file.path());
  std::sort(files.begin(), files.end());
  return files;
}

TEST(Precompute, HeadOnFeaturesIsTheWholeNetworkOnPlainImages) {
  for (const auto precision : {Precision::fp32, Precision::bf16}) {
    auto options = small::options();
    options.precision = precision;
    auto learner = frozen(options);
    auto head = precompute(learner);
    for (const auto split : {Split::train, Split::valid, Split::test}) {
      const auto whole = predict(learner, split), cached = predict(head, split);
      const double near = precision == Precision::fp32 ? 1e-5 : 1e-2;  // kept in what the body computes in
      EXPECT_TRUE(at::allclose(whole.activated, cached.activated, near, near));
      EXPECT_EQ(whole.names, cached.names);
      EXPECT_EQ(whole.target.defined(), cached.target.defined());
      if (whole.target.defined()) {
        EXPECT_TRUE(at::equal(whole.target, cached.target));
      }
    }
  }
}

TEST(Precompute, TheTrainedHeadGoesBackWithItsRecord) {
  auto learner = frozen();
  const auto before = learner.snapshot().model;
  auto head = precompute(learner);
  EXPECT_EQ(head.stage(), 1);
  head.fit({.lr = 1e-2, .shape = Cosine{.epochs = 4}, .name = "head"});
  EXPECT_TRUE(at::equal(learner.snapshot().model.at("head.linear1.weight"), before.at("head.linear1.weight")))
      << "a copy trains";
  adopt_head(learner, head);
  EXPECT_TRUE(
      at::allclose(predict(learner, Split::valid).activated, predict(head, Split::valid).activated, 1e-5, 1e-6));
  const auto after = learner.snapshot().model;
  for (const auto& [name, tensor] : before)
    EXPECT_EQ(at::equal(tensor, after.at(name)), !name.starts_with("head.")) << name;
  EXPECT_EQ(learner.stage(), 2);
  ASSERT_EQ(learner.record().stages.size(), 2u);
  EXPECT_EQ(learner.record().stages[1].name, "head");
  EXPECT_EQ(learner.record().epochs.size(), 5u);
  EXPECT_EQ(learner.record().steps.back().step, 29);
  adopt_head(learner, head);
  EXPECT_EQ(learner.record().epochs.size(), 5u) << "once";
}

TEST(Precompute, TheCacheIsKeyedByContent) {
  const small::Scratch scratch;
  const FeatureCache cache{.folder = scratch.path / "features"};
  auto learner = frozen();
  int64_t computed = 0;
  const auto count = [&](int64_t, int64_t) { ++computed; };
  const auto first = predict(*std::make_unique<Learner>(precompute(learner, cache, count)), Split::valid);
  EXPECT_EQ(files_in(cache.folder).size(), 3u);  // train, valid, test
  const int64_t cold = std::exchange(computed, 0);
  const auto again = predict(*std::make_unique<Learner>(precompute(learner, cache, count)), Split::valid);
  EXPECT_LT(computed, cold) << "read, not computed";
  EXPECT_TRUE(at::equal(first.activated, again.activated));
  EXPECT_EQ(files_in(cache.folder).size(), 3u);

  auto data = small::data();
  data.valid = std::make_shared<small::Pictures>(20, 99);  // other pictures under the same names
  learner.set_data(data);
  EXPECT_FALSE(at::equal(predict(*std::make_unique<Learner>(precompute(learner, cache)), Split::valid).activated,
                         first.activated));
  EXPECT_EQ(files_in(cache.folder).size(), 4u);
  {
    const torch::NoGradGuard no_grad;
    learner.model().named_parameters()["late.weight"].mul_(2);
  }
  precompute(learner, cache);
  EXPECT_EQ(files_in(cache.folder).size(), 7u) << "another body";
}

TEST(Precompute, ADamagedFileIsComputedAgain) {
  const small::Scratch scratch;
  const FeatureCache cache{.folder = scratch.path};
  auto learner = frozen();
  const auto expected = predict(*std::make_unique<Learner>(precompute(learner, cache)), Split::valid).activated;
  for (const auto& file : files_in(scratch.path)) write_file(file, read_file(file).substr(0, 60));
  EXPECT_TRUE(
      at::equal(predict(*std::make_unique<Learner>(precompute(learner, cache)), Split::valid).activated, expected));
  for (const auto& file : files_in(scratch.path)) EXPECT_GT(fs::file_size(file), 60u);
}

TEST(Precompute, TheOldestFilesMakeRoom) {
  const small::Scratch scratch;
  const auto old = scratch.path / "features-old.safetensors", recent = scratch.path / "features-recent.safetensors";
  const auto other = scratch.path / "notes.txt";
  for (const auto& file : {old, recent, other}) write_file(file, std::string(700 << 10, 'x'));
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(2));
  fs::last_write_time(recent, fs::file_time_type::clock::now() - std::chrono::hours(1));
  auto learner = frozen();
  precompute(learner, {.folder = scratch.path, .max_mib = 1});
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(recent));
  EXPECT_TRUE(fs::exists(other)) << "not ours";
  EXPECT_EQ(files_in(scratch.path).size(), 5u);
}

/// Weights after two epochs of the head on a learner's activations.
std::string trained_head(Learner learner, const FeatureCache& cache) {
  auto head = precompute(learner, cache);
  head.fit({.lr = 1e-2, .shape = Cosine{.epochs = 4}});
  return small::bits(head);
}

TEST(Precompute, TheSameBitsColdWarmPartlyWarmAndForAnyWorkers) {
  for (const int views : {0, 2}) {
    const auto cache = [&](const fs::path& folder) { return FeatureCache{.folder = folder, .views = views}; };
    const small::Scratch one, parts;
    const auto in_memory = trained_head(frozen(), cache({}));
    EXPECT_EQ(trained_head(frozen(), cache(one.path)), in_memory) << "cold";
    EXPECT_EQ(trained_head(frozen(), cache(one.path)), in_memory) << "warm";

    auto some = frozen();  // a part of the items, in another order and place, was computed for another split
    auto data = small::data();
    data.train = std::make_shared<small::Pictures>(17, 7);
    data.valid = nullptr;
    some.set_data(data);
    precompute(some, cache(parts.path));
    const auto before = files_in(parts.path).size();
    EXPECT_EQ(trained_head(frozen(), cache(parts.path)), in_memory) << "partly warm";
    EXPECT_GT(files_in(parts.path).size(), before);

    auto options = small::options();
    options.workers = 4;
    EXPECT_EQ(trained_head(frozen(options), cache({})), in_memory) << "four workers";
  }
}

TEST(Precompute, MoreItemsComputeOnlyThemselves) {
  const small::Scratch scratch;
  const FeatureCache cache{.folder = scratch.path, .views = 1};
  auto learner = frozen();
  EXPECT_EQ(count_to_compute(learner, cache), 2 * 50 + 20 + 9);
  precompute(learner, cache);
  EXPECT_EQ(count_to_compute(learner, cache), 0);
  auto data = small::data(53, 20);
  learner.set_data(data);
  EXPECT_EQ(count_to_compute(learner, cache), 2 * 3);
  std::swap(data.train, data.valid);  // another split of the same items
  learner.set_data(data);
  EXPECT_EQ(count_to_compute(learner, cache), 3 + 20) << "their random view; the plain ones are there";
}

TEST(Precompute, EpochsTakeTurnsWithTheViews) {
  auto learner = frozen();
  auto options = small::options();
  options.drop_last = false;
  auto all = Learner(learner.data(), learner.shared_model(), small::task(), options);
  all.continue_from(learner);
  all.freeze();
  auto head = precompute(all, {.views = 2, .kept_as = torch::kFloat});
  const auto features = std::dynamic_pointer_cast<const FeatureDataset>(head.data().train);
  ASSERT_EQ(features->views(), 2);
  std::vector<std::map<int64_t, at::Tensor>> seen(4);
  size_t batch = 0;
  Callback look{.name = "look"};
  look.on_batch = [&](StepContext& context) {
    for (int64_t k = 0; k < context.batch.size(); ++k)
      seen[batch / 7][context.batch.index[static_cast<size_t>(k)]] = context.batch.x[0][k].clone();
    ++batch;
    return Next::go_on;
  };
  head.fit({.lr = 1e-3, .shape = Cosine{.epochs = 4}, .callbacks = {look}});
  ASSERT_EQ(batch, 28u);
  int64_t differ = 0;
  for (int64_t item = 0; item < 50; ++item) {
    const auto plain = features->gather({item}).x[0][0];
    EXPECT_TRUE(at::equal(seen[0][item], seen[2][item]));
    EXPECT_TRUE(at::equal(seen[1][item], seen[3][item]));
    EXPECT_TRUE(at::equal(seen[0][item], features->gather({item}, 1).x[0][0]));
    differ += !at::equal(seen[0][item], seen[1][item]) && !at::equal(seen[0][item], plain);
  }
  EXPECT_EQ(differ, 50) << "a brightness of its own in each view";
}

TEST(Precompute, AnItemsViewsDependOnItsContentAlone) {
  auto learner = frozen();
  const auto first = precompute(learner, {.views = 1, .tta_views = 1});
  auto data = small::data();
  std::swap(data.train, data.valid);
  learner.set_data(data);
  const auto swapped = precompute(learner, {.views = 1, .tta_views = 1});
  for (const int view : {0, 1}) {
    const auto rows = [&](const std::shared_ptr<const Dataset>& split) {
      return std::dynamic_pointer_cast<const FeatureDataset>(split)->gather({0, 3, 19}, view).x[0];
    };
    EXPECT_TRUE(at::equal(rows(first.data().train), rows(swapped.data().valid)));
    EXPECT_TRUE(at::equal(rows(first.data().valid), rows(swapped.data().train)));
  }
}

TEST(Precompute, TtaAveragesCachedViews) {
  auto learner = frozen();
  auto head = precompute(learner, {.tta_views = 3});
  const auto averaged = tta(head, Split::valid, {.views = 2, .plain_weight = 0.4});
  const auto features = std::dynamic_pointer_cast<const FeatureDataset>(head.data().valid);
  std::vector<int64_t> all(20);
  std::iota(all.begin(), all.end(), 0);
  const torch::NoGradGuard no_grad;
  head.model().eval();
  const auto view = [&](int k) { return head.model().forward(features->gather(all, k).x).softmax(1); };
  EXPECT_TRUE(at::allclose(averaged.activated, 0.4 * view(0) + 0.3 * (view(1) + view(2)), 1e-5, 1e-6));
  EXPECT_THROW(tta(head, Split::valid, {.views = 4}), ConfigError) << "only three are cached";
  EXPECT_THROW(tta(head, Split::train, {.views = 1}), ConfigError);
}

TEST(Precompute, RandomViewsNeedAugmentation) {
  auto content = small::rows(20);
  Learner plain(content, std::make_shared<small::LinearNet>(4, 1), {.kind = nn::TaskKind::regression, .classes = 1},
                small::options());
  try {
    precompute(plain);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "precompute") << "one group, which is the head";
  }
  auto learner = frozen();
  auto data = learner.data();
  data.train = std::make_shared<small::Rows>(torch::rand({8, 8, 8, 3}).mul(255).to(torch::kByte),
                                             torch::zeros({8}, torch::kLong));
  data.transform = nullptr;
  learner.set_data(data);
  try {
    precompute(learner, {.views = 1});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "precompute_views");
  }
  EXPECT_THROW(precompute(learner, {.views = -1}), ConfigError);
}

/// The network's own head trained on plain images, its body frozen: what precomputing must equal but for speed.
TEST(Precompute, TrainsAsTheWholeNetworkDoesWithoutAugmentation) {
  auto data = small::data();
  class Unaugmented : public small::Normalise {
    Batch apply(Batch batch, const std::optional<Key>&, at::ScalarType dtype) const override {
      return Normalise::apply(std::move(batch), std::nullopt, dtype);
    }
  };
  class Plain : public small::Pictures {
   public:
    using Pictures::Pictures;
    Sample get(int64_t index, const std::optional<Draw>&) const override { return Pictures::get(index, std::nullopt); }
  };
  data.train = std::make_shared<Plain>(50, 7);
  data.transform = std::make_shared<Unaugmented>();
  const Plan plan{.lr = 1e-2, .shape = Cosine{.epochs = 6}};
  auto whole = small::learner(small::options(), data), cut = small::learner(small::options(), data);
  whole.freeze();
  cut.freeze();
  whole.fit(plan);
  auto head = precompute(cut);
  head.fit(plan);
  adopt_head(cut, head);
  const auto one = predict(whole, Split::valid), other = predict(cut, Split::valid);
  EXPECT_TRUE(at::allclose(one.activated, other.activated, 1e-3, 1e-4));
  EXPECT_TRUE(at::equal(one.activated.argmax(1), other.activated.argmax(1)));
}

TEST(Precompute, NeedsAFrozenBody) {
  auto learner = small::learner();
  try {
    precompute(learner);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "precompute");
    EXPECT_THAT(error.what(), testing::HasSubstr("freeze()"));
  }
}

TEST(FeatureDataset, GathersWhatTheLoaderWouldCollate) {
  const auto x = torch::arange(12, torch::kFloat).view({4, 3});
  const auto source = std::make_shared<small::Pictures>(9, 1);
  const FeatureDataset features(source, x, {0, 4, 5, 8});
  EXPECT_EQ(features.size(), 4);
  EXPECT_EQ(features.name(1), "picture 4");
  const auto batch = features.gather({3, 1});
  EXPECT_TRUE(at::equal(batch.x[0], torch::stack({x[3], x[1]})));
  EXPECT_TRUE(at::equal(batch.y, torch::tensor({2, 1}, torch::kLong)));
  EXPECT_EQ(batch.index, (std::vector<int64_t>{3, 1}));
  EXPECT_TRUE(at::equal(features.get(2, std::nullopt).x[0], x[2]));
}

}  // namespace
}  // namespace tenfold
