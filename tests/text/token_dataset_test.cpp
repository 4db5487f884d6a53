// Batches of like length: the order of fastai's SortedDL by its rules, padding, and names of items.

#include "tenfold/text/token_dataset.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "tenfold/core/error.h"

namespace tenfold::text {
namespace {

std::vector<int64_t> some_lengths(int64_t n) {
  std::vector<int64_t> lengths;
  for (int64_t k = 0; k < n; ++k) lengths.push_back(1 + k * 7919 % 211);
  return lengths;
}

TEST(SortishOrder, HasEachTextOnceAndTheLongestFirst) {
  const auto lengths = some_lengths(1003);
  const auto order = sortish_order(lengths, 8, {.seed = 3, .epoch = 1});
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t k = 0; k < 1003; ++k) ASSERT_EQ(sorted[static_cast<size_t>(k)], k);
  EXPECT_EQ(lengths[static_cast<size_t>(order[0])], *std::max_element(lengths.begin(), lengths.end()));
}

TEST(SortishOrder, SortsBlocksOfFiftyBatchesAndShufflesTheBatchesBetweenFirstAndLast) {
  constexpr int64_t n = 1003, batch = 8;
  const auto lengths = some_lengths(n);
  const auto length = [&](int64_t k) { return lengths[static_cast<size_t>(k)]; };
  const auto order = sortish_order(lengths, batch, {.seed = 3, .epoch = 1});
  int64_t waste = 0, rises = 0;
  for (int64_t from = 0; from < n; from += batch) {
    const int64_t to = std::min(n, from + batch);
    for (int64_t k = from + 1; k < to; ++k) {
      EXPECT_GE(length(order[static_cast<size_t>(k - 1)]), length(order[static_cast<size_t>(k)]));
      waste += length(order[static_cast<size_t>(from)]) - length(order[static_cast<size_t>(k)]);
    }
    if (to < n) rises += length(order[static_cast<size_t>(to)]) > length(order[static_cast<size_t>(from)]);
  }
  const int64_t tokens = std::accumulate(lengths.begin(), lengths.end(), int64_t{0});
  EXPECT_LT(waste, tokens / 20);  // hardly any padding
  EXPECT_GT(rises, 30);           // batches do not come by length: 50 of 124 would rise at random
  EXPECT_LT(rises, 90);
}

TEST(SortishOrder, FollowsTheKeyAlone) {
  const auto lengths = some_lengths(300);
  const auto order = [&](uint64_t seed, uint64_t epoch) { return sortish_order(lengths, 4, {seed, epoch}); };
  EXPECT_EQ(order(1, 2), order(1, 2));
  EXPECT_NE(order(1, 2), order(1, 3));
  EXPECT_NE(order(1, 2), order(2, 2));
}

TEST(SortishOrder, TakesSetsSmallerThanABatch) {
  EXPECT_EQ(sortish_order({3, 9, 5}, 8, {1, 1}), (std::vector<int64_t>{1, 2, 0}));
  EXPECT_TRUE(sortish_order({}, 8, {1, 1}).empty());
}

TokenDataset three_texts() {
  TokenTexts texts;
  texts.add(std::vector<int32_t>{5, 6});
  texts.add(std::vector<int32_t>{7, 8, 9, 10});
  texts.add(std::vector<int32_t>{11});
  return {std::move(texts), {"2", "3", "4"}, at::tensor({0, 1, 1}, at::kLong), 99};
}

TEST(TokenDataset, PadsBehindToTheLongestOfTheBatch) {
  const auto dataset = three_texts();
  const auto batch = dataset.gather({0, 1}, std::nullopt);
  EXPECT_TRUE(batch.x[0].equal(at::tensor({5, 6, 99, 99, 7, 8, 9, 10}, at::kLong).view({2, 4})));
  EXPECT_TRUE(batch.x[1].equal(at::tensor({2, 4}, at::kLong)));
  EXPECT_TRUE(batch.y.equal(at::tensor({0, 1}, at::kLong)));
  EXPECT_EQ(batch.index, (std::vector<int64_t>{0, 1}));
}

TEST(TokenDataset, ValidatesFromLongToShort) {
  EXPECT_EQ(three_texts().order(2, std::nullopt), (std::vector<int64_t>{1, 0, 2}));
}

TEST(TokenDataset, KnowsItemsByTheirTokens) {
  const auto a = three_texts();
  TokenTexts other;
  other.add(std::vector<int32_t>{7, 8, 9, 10});
  const TokenDataset b(std::move(other), {"1"}, {}, 0);
  EXPECT_EQ(a.item_fingerprint(1), b.item_fingerprint(0));
  EXPECT_NE(a.item_fingerprint(0), a.item_fingerprint(1));
  EXPECT_FALSE(b.target(0).defined());
  EXPECT_EQ(a.name(2), "4");
}

TEST(TokenDataset, RefusesTextsWithoutTokensAndNumbersThatDiffer) {
  TokenTexts empty;
  empty.add({});
  EXPECT_THROW(TokenDataset(empty, {"1"}, {}, 0), Error);
  TokenTexts one;
  one.add(std::vector<int32_t>{1});
  EXPECT_THROW(TokenDataset(one, {}, {}, 0), Error);
}

}  // namespace
}  // namespace tenfold::text
