#include "tenfold/data/splits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

std::map<int64_t, int> counts(const std::vector<int64_t>& items, const std::vector<int64_t>& label) {
  std::map<int64_t, int> out;
  for (const int64_t item : items) ++out[label[static_cast<size_t>(item)]];
  return out;
}

TEST(Splits, HoldsOutTheShareAndNothingTwice) {
  const Parts parts = split_at_random(103, 0.2, 42);
  EXPECT_EQ(parts.valid.size(), 21u);  // 20.6 rounded
  EXPECT_EQ(parts.train.size(), 82u);
  std::vector<int64_t> all = parts.train;
  all.insert(all.end(), parts.valid.begin(), parts.valid.end());
  std::sort(all.begin(), all.end());
  for (int64_t k = 0; k < 103; ++k) EXPECT_EQ(all[static_cast<size_t>(k)], k);
  EXPECT_EQ(split_at_random(103, 0.2, 42).valid, parts.valid);
  EXPECT_NE(split_at_random(103, 0.2, 43).valid, parts.valid);
}

TEST(Splits, KeepsEachLabelsShare) {
  std::vector<int64_t> label(100, 0);
  std::fill(label.begin() + 60, label.begin() + 90, 7);
  std::fill(label.begin() + 90, label.begin() + 98, -1);
  std::fill(label.begin() + 98, label.end(), 5);
  const Parts parts = split_by_label(label, 0.2, 1);
  EXPECT_EQ(parts.valid.size(), 20u);
  EXPECT_EQ(counts(parts.valid, label), (std::map<int64_t, int>{{-1, 1}, {0, 12}, {5, 1}, {7, 6}}));
  EXPECT_NE(split_by_label(label, 0.2, 2).valid, parts.valid);
}

TEST(Splits, KeepsALabelThatOccursOnceForTraining) {
  const std::vector<int64_t> label = {0, 1, 1, 1, 2, 2};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Parts parts = split_by_label(label, 0.5, seed);
    EXPECT_EQ(parts.train.front(), 0);
    EXPECT_EQ(counts(parts.train, label).size(), 3u);
    EXPECT_EQ(counts(parts.valid, label).size(), 2u);
  }
}

TEST(Splits, RefusesASharePastTheEnds) {
  EXPECT_THROW(split_at_random(10, 0, 1), ConfigError);
  EXPECT_THROW(split_at_random(10, 1, 1), ConfigError);
  EXPECT_THROW(split_at_random(1, 0.5, 1), ConfigError);
  EXPECT_EQ(split_at_random(2, 0.01, 1).valid.size(), 1u);
}

TEST(Splits, KeepsGroupsWhole) {
  std::vector<int64_t> group;
  for (int64_t k = 0; k < 200; ++k) group.push_back(k % 20 * 1000);
  const Parts parts = split_by_group(group, 0.2, 3);
  EXPECT_EQ(parts.valid.size(), 40u);  // 4 of 20 groups of 10
  EXPECT_EQ(parts.train.size(), 160u);
  const auto train = counts(parts.train, group);
  for (const auto& [value, count] : counts(parts.valid, group)) {
    EXPECT_EQ(count, 10);
    EXPECT_FALSE(train.contains(value));
  }
  EXPECT_EQ(split_by_group(group, 0.2, 3).valid, parts.valid);
  EXPECT_NE(split_by_group(group, 0.2, 4).valid, parts.valid);
}

TEST(Splits, TakesAGroupOnEachSideWhateverTheirSizes) {
  const std::vector<int64_t> group = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2};
  for (uint64_t seed = 0; seed < 8; ++seed) {
    const Parts parts = split_by_group(group, 0.3, seed);
    EXPECT_EQ(parts.train.size() + parts.valid.size(), 10u);
    EXPECT_EQ(std::min(parts.train.size(), parts.valid.size()), 1u);
  }
  EXPECT_THROW(split_by_group({4, 4, 4}, 0.5, 0), ConfigError);
}

TEST(Splits, HoldsOutWhatCameLast) {
  const std::vector<int64_t> time = {50, 10, 40, 20, 30, 50, 10, 40, 20, 30};
  EXPECT_EQ(cutoff_for(time, 0.4), 40);
  const Parts parts = split_by_time(time, 0.4);
  EXPECT_EQ(parts.valid, (std::vector<int64_t>{0, 2, 5, 7}));
  EXPECT_EQ(parts.train, (std::vector<int64_t>{1, 3, 4, 6, 8, 9}));
  EXPECT_EQ(split_at_time(time, 41).valid, (std::vector<int64_t>{0, 5}));
}

TEST(Splits, CutsBetweenTimesAndNeverWithinOne) {
  const std::vector<int64_t> time = {1, 1, 1, 1, 1, 1, 2, 2, 2, 3};
  EXPECT_EQ(split_by_time(time, 0.1).valid.size(), 1u);
  EXPECT_EQ(split_by_time(time, 0.2).valid.size(), 1u);   // 1 and 4 are possible: 1 is nearer to 2
  EXPECT_EQ(split_by_time(time, 0.3).valid.size(), 4u);   // 4 is nearer to 3
  EXPECT_EQ(split_by_time(time, 0.95).valid.size(), 4u);  // all would leave nothing to train on
  EXPECT_THROW(split_by_time({7, 7, 7}, 0.5), ConfigError);
}

TEST(Splits, AGapLeavesOutWhatIsTooNear) {
  std::vector<int64_t> time;
  for (int64_t k = 0; k < 100; ++k) time.push_back(k);
  const Parts parts = split_at_time(time, 80, 10);
  EXPECT_EQ(parts.valid.front(), 80);
  EXPECT_EQ(parts.train.back(), 70);  // 10 before the cutoff is not less than 10
  EXPECT_EQ(parts.train.size(), 71u);
  try {
    split_at_time(time, 80, 81);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.option, "data.gap");
  }
  EXPECT_THROW(split_at_time(time, 80, -1), ConfigError);
  EXPECT_THROW(split_at_time(time, 0), ConfigError);
  EXPECT_THROW(split_at_time(time, 100), ConfigError);
  const int64_t far = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(split_at_time({-far, far}, far, 10).train.size(), 1u);
}

/// Every item validates once, and trains in all other folds.
void expect_partition(const std::vector<Parts>& folds, int64_t n) {
  std::vector<int> times(static_cast<size_t>(n));
  for (const auto& parts : folds) {
    EXPECT_EQ(static_cast<int64_t>(parts.train.size() + parts.valid.size()), n);
    for (const int64_t item : parts.valid) ++times[static_cast<size_t>(item)];
  }
  EXPECT_EQ(times, std::vector<int>(static_cast<size_t>(n), 1));
}

TEST(Folds, HoldEachItemOutOnce) {
  const auto folds = folds_at_random(103, 5, 9);
  ASSERT_EQ(folds.size(), 5u);
  expect_partition(folds, 103);
  for (size_t k = 0; k < 5; ++k) EXPECT_EQ(folds[k].valid.size(), k < 3 ? 21u : 20u);
  EXPECT_EQ(folds_at_random(103, 5, 9)[2].valid, folds[2].valid);
  EXPECT_NE(folds_at_random(103, 5, 8)[2].valid, folds[2].valid);
  EXPECT_THROW(folds_at_random(3, 4, 0), ConfigError);
  EXPECT_THROW(folds_at_random(3, 1, 0), ConfigError);
}

TEST(Folds, SpreadEachLabelEvenly) {
  std::vector<int64_t> label(61, 0);
  std::fill(label.begin(), label.begin() + 13, 1);
  std::fill(label.begin() + 13, label.begin() + 16, 2);
  const auto folds = folds_by_label(label, 4, 2);
  expect_partition(folds, 61);
  for (const auto& parts : folds) {
    const auto count = counts(parts.valid, label);
    EXPECT_GE(count.at(0), 11);  // 45 in 4 folds
    EXPECT_LE(count.at(0), 12);
    EXPECT_GE(count.at(1), 3);  // 13
    EXPECT_LE(count.at(1), 4);
    EXPECT_GE(parts.valid.size(), 15u);
    EXPECT_LE(parts.valid.size(), 16u);
  }
}

TEST(Folds, KeepGroupsWhole) {
  std::vector<int64_t> group;
  for (int64_t g = 1; g <= 8; ++g) group.insert(group.end(), static_cast<size_t>(g), g);
  const auto folds = folds_by_group(group, 3, 5);
  expect_partition(folds, 36);
  std::multiset<size_t> sizes;
  for (const auto& parts : folds) {
    sizes.insert(parts.valid.size());
    const auto train = counts(parts.train, group);
    for (const auto& [value, count] : counts(parts.valid, group)) EXPECT_FALSE(train.contains(value));
  }
  EXPECT_EQ(sizes, (std::multiset<size_t>{11, 12, 13}));  // 6 + 5, 7 + 4 + 1, 8 + 3 + 2
  EXPECT_THROW(folds_by_group({1, 1, 2, 2}, 3, 0), ConfigError);
}

TEST(Folds, OfTimeTrainOnThePast) {
  std::vector<int64_t> time;
  for (int64_t k = 0; k < 60; ++k) time.push_back(59 - k);
  const auto folds = folds_by_time(time, 3, 2);
  ASSERT_EQ(folds.size(), 3u);
  for (size_t k = 0; k < 3; ++k) {  // stretches of 15: the past less one moment nearer than 2
    EXPECT_EQ(folds[k].valid.size(), 15u);
    EXPECT_EQ(folds[k].train.size(), 15 * (k + 1) - 1);
    const auto start = static_cast<int64_t>(15 * (k + 1));
    for (const int64_t item : folds[k].valid) {
      EXPECT_GE(time[static_cast<size_t>(item)], start);
      EXPECT_LT(time[static_cast<size_t>(item)], start + 15);
    }
    for (const int64_t item : folds[k].train) EXPECT_LE(time[static_cast<size_t>(item)], start - 2);
  }
  EXPECT_THROW(folds_by_time({1, 1, 1, 1, 1, 1, 2}, 2), ConfigError);
}

}  // namespace
}  // namespace tenfold
