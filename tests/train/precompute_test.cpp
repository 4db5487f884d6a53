#include "tenfold/train/precompute.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

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
      EXPECT_TRUE(at::equal(whole.activated, cached.activated));
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
  EXPECT_TRUE(at::equal(predict(learner, Split::valid).activated, predict(head, Split::valid).activated));
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
