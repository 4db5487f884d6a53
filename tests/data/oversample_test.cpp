#include "tenfold/data/oversample.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <map>
#include <set>

#include "tenfold/data/loader.h"

namespace tenfold {
namespace {

/// 50 items of class 3, 20 of class 7, 1 of class 9.
std::vector<int64_t> labels() {
  std::vector<int64_t> all(50, 3);
  all.insert(all.end(), 20, 7);
  all.push_back(9);
  return all;
}

TEST(Oversample, MakesEveryClassAsFrequentAsTheLargest) {
  const auto label = labels();
  EXPECT_EQ(balanced_size(label), 150);
  const auto order = balanced_order(label, 1, 0);
  ASSERT_EQ(order.size(), 150u);
  std::map<int64_t, int> of_item, of_class;
  for (const int64_t item : order) {
    ++of_item[item];
    ++of_class[label[static_cast<size_t>(item)]];
  }
  EXPECT_EQ(of_class, (std::map<int64_t, int>{{3, 50}, {7, 50}, {9, 50}}));
  std::map<int, int> times;
  for (int64_t item = 0; item < 71; ++item) ++times[of_item[item]];
  EXPECT_EQ(times, (std::map<int, int>{{1, 50}, {2, 10}, {3, 10}, {50, 1}}));
}

TEST(Oversample, IsAFunctionOfSeedAndEpoch) {
  const auto label = labels();
  EXPECT_EQ(balanced_order(label, 1, 0), balanced_order(label, 1, 0));
  const auto thrice = [&](uint64_t epoch) {
    std::map<int64_t, int> count;
    std::set<int64_t> items;
    for (const int64_t item : balanced_order(label, 1, epoch))
      if (++count[item] == 3 && item != 70) items.insert(item);
    return items;
  };
  EXPECT_NE(thrice(0), thrice(1)) << "which items come once more changes";
  EXPECT_NE(balanced_order(label, 1, 0), balanced_order(label, 2, 0));
}

/// Items whose view is what their draw gives.
class Drawn : public Dataset {
 public:
  int64_t size() const override { return 71; }
  Sample get(int64_t index, const std::optional<Draw>& draw) const override {
    return {{at::full({1}, draw ? Draw(*draw).uniform() : 0.0, at::kDouble)}, target(index)};
  }
  std::string name(int64_t index) const override { return std::to_string(index); }
  at::Tensor target(int64_t index) const override {
    return at::full({}, labels()[static_cast<size_t>(index)], at::kLong);
  }
  std::string fingerprint() const override { return "drawn"; }
};

TEST(Oversample, GivesEachRepetitionAnotherViewForAnyNumberOfWorkers) {
  std::vector<at::Tensor> seen;
  for (const int workers : {1, 3}) {
    Loader loader(std::make_shared<Drawn>(), {.batch = 16,
                                              .workers = workers,
                                              .shuffle = true,
                                              .balance = std::make_shared<const std::vector<int64_t>>(labels()),
                                              .augment = true,
                                              .seed = 5});
    EXPECT_EQ(loader.batches(), 10);
    std::vector<at::Tensor> parts;
    std::set<uint64_t> samples;
    loader.start(2);
    while (const auto batch = loader.next()) {
      parts.push_back(batch->x[0]);
      ASSERT_EQ(batch->repeat.size(), batch->index.size());
      for (size_t k = 0; k < batch->index.size(); ++k) samples.insert(batch->sample(k));
    }
    EXPECT_EQ(samples.size(), 150u);
    seen.push_back(torch::cat(parts));
  }
  EXPECT_TRUE(at::equal(seen[0], seen[1]));
  const auto values = seen[0].contiguous();
  const std::set<double> distinct(values.const_data_ptr<double>(), values.const_data_ptr<double>() + values.numel());
  EXPECT_EQ(distinct.size(), 150u);
}

}  // namespace
}  // namespace tenfold
