#include "tenfold/data/loader.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <thread>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

/// n images of 2 x 2 whose values are their number; a draw adds a random value. Some are broken.
class Numbers : public Dataset {
 public:
  explicit Numbers(int64_t n, std::set<int64_t> broken = {}) : n_(n), broken_(std::move(broken)) {}
  int64_t size() const override { return n_; }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override {
    if (index % 3 == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));  // workers overtake each other
    if (broken_.contains(index)) throw DataError("folder/" + name(index), 0, "is broken");
    reads.fetch_add(1);
    threads.store(at::get_num_threads());
    auto x = at::full({2, 2, 3}, index, at::kByte);
    if (draw) x.add_(Draw(*draw).below(50));
    return {{x}, target(index)};
  }
  std::string name(int64_t index) const override { return "item " + std::to_string(index); }
  at::Tensor target(int64_t index) const override { return at::full({}, index % 5, at::kLong); }
  std::string fingerprint() const override { return "numbers"; }

  mutable std::atomic<int64_t> reads = 0;
  mutable std::atomic<int> threads = 0;

 private:
  int64_t n_;
  std::set<int64_t> broken_;
};

std::vector<Batch> all(Loader& loader, uint64_t epoch, int64_t first = 0) {
  std::vector<Batch> out;
  loader.start(epoch, first);
  while (auto batch = loader.next()) out.push_back(std::move(*batch));
  return out;
}

void expect_same(const std::vector<Batch>& one, const std::vector<Batch>& other) {
  ASSERT_EQ(one.size(), other.size());
  for (size_t k = 0; k < one.size(); ++k) {
    EXPECT_EQ(one[k].index, other[k].index);
    EXPECT_TRUE(at::equal(one[k].x[0], other[k].x[0]));
    EXPECT_TRUE(at::equal(one[k].y, other[k].y));
  }
}

TEST(Loader, CollatesImagesAsChannelsLast) {
  Loader loader(std::make_shared<Numbers>(5), {.batch = 2});
  EXPECT_EQ(loader.batches(), 3);
  const auto batches = all(loader, 0);
  ASSERT_EQ(batches.size(), 3u);
  EXPECT_EQ(batches[1].x[0].sizes(), at::IntArrayRef({2, 3, 2, 2}));
  EXPECT_TRUE(batches[1].x[0].is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_EQ(batches[1].x[0][1][2][0][1].item<int>(), 3);
  EXPECT_EQ(batches[1].y.sizes(), at::IntArrayRef({2}));
  EXPECT_EQ(batches[2].index, std::vector<int64_t>{4});
  Loader whole(std::make_shared<Numbers>(5), {.batch = 2, .drop_last = true});
  EXPECT_EQ(whole.batches(), 2);
  EXPECT_EQ(all(whole, 0).size(), 2u);
}

TEST(Loader, GivesTheSameBatchesForAnyNumberOfWorkers) {
  const auto dataset = std::make_shared<Numbers>(101, std::set<int64_t>{17, 60});
  LoaderOptions options{.batch = 8, .workers = 1, .shuffle = true, .augment = true, .seed = 3, .skip_broken = 2};
  Loader one(dataset, options);
  const auto expected = all(one, 5);
  for (const int workers : {2, 4, 7}) {
    options.workers = workers;
    options.prefetch = workers % 3;
    Loader many(dataset, options);
    expect_same(all(many, 5), expected);
    EXPECT_EQ(many.skipped(), one.skipped());
  }
}

TEST(Loader, ShufflesEachEpochAnewAndRepeatsIt) {
  const auto dataset = std::make_shared<Numbers>(64);
  Loader loader(dataset, {.batch = 16, .workers = 3, .shuffle = true, .augment = true, .seed = 9});
  const auto first = all(loader, 0), second = all(loader, 1);
  EXPECT_NE(first[0].index, second[0].index);
  expect_same(all(loader, 0), first);
  std::vector<int64_t> seen;
  for (const auto& batch : first) seen.insert(seen.end(), batch.index.begin(), batch.index.end());
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen, dataset->order(8, std::nullopt));
}

TEST(Loader, GoesOnInTheMiddleOfAnEpoch) {
  const auto dataset = std::make_shared<Numbers>(40);
  Loader loader(dataset, {.batch = 8, .workers = 2, .shuffle = true, .augment = true});
  auto expected = all(loader, 2);
  expected.erase(expected.begin(), expected.begin() + 3);
  expect_same(all(loader, 2, 3), expected);
}

TEST(Loader, ReadsNoFurtherAheadThanAsked) {
  const auto dataset = std::make_shared<Numbers>(1000);
  Loader loader(dataset, {.batch = 10, .workers = 4, .prefetch = 2});
  loader.start(0);
  loader.next();
  for (int k = 0; k < 50; ++k) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_LE(dataset->reads.load(), 10 * (1 + 1 + 2));  // handed out, asked for next, and two beyond
  loader.stop();
  EXPECT_FALSE(loader.next());
}

TEST(Loader, RethrowsTheFirstErrorInBatchOrder) {
  const auto dataset =
      std::make_shared<Numbers>(60, std::set<int64_t>{12, 33});  // 33 would be reached first: 12 sleeps
  for (const int workers : {1, 4}) {
    Loader loader(dataset, {.batch = 10, .workers = workers, .prefetch = 4});
    loader.start(0);
    EXPECT_EQ(loader.next()->size(), 10);
    try {
      loader.next();
      FAIL();
    } catch (const DataError& error) {
      EXPECT_STREQ(error.what(), "folder/item 12: is broken");
    }
    EXPECT_FALSE(loader.next());  // stopped
  }
}

TEST(Loader, LeavesOutAsManyBrokenItemsAsAllowed) {
  const auto dataset = std::make_shared<Numbers>(60, std::set<int64_t>{33, 12});
  Loader loader(dataset, {.batch = 10, .workers = 3, .skip_broken = 2});
  for (const uint64_t epoch : {0, 1}) {  // the second epoch meets the same two
    const auto batches = all(loader, epoch);
    ASSERT_EQ(batches.size(), 6u);
    EXPECT_EQ(batches[1].index, (std::vector<int64_t>{10, 11, 13, 14, 15, 16, 17, 18, 19}));
    EXPECT_EQ(batches[1].x[0].size(0), 9);
  }
  EXPECT_EQ(loader.skipped(), (std::vector<std::string>{"item 12: is broken", "item 33: is broken"}));

  Loader strict(dataset, {.batch = 10, .workers = 3, .skip_broken = 1});
  EXPECT_THROW(all(strict, 0), DataError);
  Loader none(std::make_shared<Numbers>(2, std::set<int64_t>{0, 1}), {.batch = 2, .skip_broken = 2});
  EXPECT_EQ(all(none, 0).at(0).size(), 0);
}

TEST(Loader, WorkersComputeOnOneThreadAndLeaveOthersAlone) {
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  const auto dataset = std::make_shared<Numbers>(20);
  Loader loader(dataset, {.batch = 5, .workers = 2});
  all(loader, 0);
  EXPECT_EQ(dataset->threads.load(), 1);
  EXPECT_EQ(at::get_num_threads(), 3);
  int fresh = 0;
  std::thread([&] { fresh = at::get_num_threads(); }).join();
  EXPECT_EQ(fresh, 3);
  at::set_num_threads(before);
}

TEST(Loader, NamesTheItemOfAnotherSize) {
  class Sizes : public Numbers {
   public:
    Sizes() : Numbers(4) {}
    Sample get(int64_t index, const std::optional<Draw>&) const override {
      return {{at::zeros({2, index == 2 ? 3 : 2, 3}, at::kByte)}, {}};
    }
  };
  Loader loader(std::make_shared<Sizes>(), {.batch = 4});
  loader.start(0);
  try {
    loader.next();
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "item 2: is [2, 3, 3], others in its batch are [2, 2, 3]; bring all to one size");
  }
}

TEST(Loader, RefusesWhatCannotWork) {
  const auto dataset = std::make_shared<Numbers>(4);
  EXPECT_THROW(Loader(dataset, {.batch = 0}), ConfigError);
  EXPECT_THROW(Loader(dataset, {.workers = 0}), ConfigError);
}

}  // namespace
}  // namespace tenfold
