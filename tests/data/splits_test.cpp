#include "tenfold/data/splits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

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

}  // namespace
}  // namespace tenfold
