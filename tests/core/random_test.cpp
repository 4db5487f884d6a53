#include "tenfold/core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

using Block = std::array<uint32_t, 4>;

// The known answers that the Random123 library publishes for philox4x32, 10 rounds.
TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Draw, IsItsKeyAndNothingElse) {
  Draw first(1, 2, 3, Purpose::order);
  Draw copy = first;
  std::vector<uint32_t> drawn;
  for (int i = 0; i < 10; ++i) drawn.push_back(first.bits());
  for (const uint32_t bits : drawn) EXPECT_EQ(copy.bits(), bits);
  Draw again(1, 2, 3, Purpose::order);
  EXPECT_EQ(again.bits(), drawn[0]);
}

// Guards what a seed means: a change of these numbers changes every run.
TEST(Draw, StartsWhereTheCounterSays) {
  Draw draw(0x123456789abcdef0, 5, 0x0000a00000000007, Purpose::dropout);
  const auto block = philox4x32({0, 7, 0xa000 | 6u << 16, 5}, {0x9abcdef0, 0x12345678});
  for (const uint32_t word : block) EXPECT_EQ(draw.bits(), word);
  EXPECT_EQ(draw.bits(), philox4x32({1, 7, 0xa000 | 6u << 16, 5}, {0x9abcdef0, 0x12345678})[0]);
}

TEST(Draw, StreamsNeverMeet) {
  std::set<uint64_t> seen;
  for (uint64_t seed = 0; seed < 4; ++seed)
    for (uint64_t epoch = 0; epoch < 8; ++epoch)
      for (uint64_t sample = 0; sample < 64; ++sample)
        for (const auto purpose : {Purpose::split, Purpose::order, Purpose::dropout, Purpose::other})
          seen.insert(Draw(seed, epoch, sample, purpose).bits64());
  EXPECT_EQ(seen.size(), 4u * 8 * 64 * 4);
  Draw draw(1, 2, 3, Purpose::order);
  draw.bits();
  EXPECT_EQ(draw.other(Purpose::mix).bits(), Draw(1, 2, 3, Purpose::mix).bits());
}

TEST(Draw, RefusesWhatItsCounterCannotHold) {
  EXPECT_NO_THROW(Draw(~uint64_t{0}, 0xffffffff, 0xffffffffffff, Purpose::order));
  EXPECT_THROW(Draw(0, uint64_t{1} << 32, 0, Purpose::order), Error);
  EXPECT_THROW(Draw(0, 0, uint64_t{1} << 48, Purpose::order), Error);
}

/// Mean and variance of 200,000 draws.
template <class Next>
std::pair<double, double> moments(Next next) {
  double sum = 0, squares = 0;
  constexpr int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double value = next();
    sum += value;
    squares += value * value;
  }
  return {sum / n, squares / n - sum * sum / n / n};
}

TEST(Draw, UniformCoversItsRange) {
  Draw draw(42, 0, 0, Purpose::other);
  double low = 1, high = 0;
  const auto [mean, variance] = moments([&] {
    const double value = draw.uniform();
    low = std::min(low, value);
    high = std::max(high, value);
    return value;
  });
  EXPECT_NEAR(mean, 0.5, 0.003);
  EXPECT_NEAR(variance, 1.0 / 12, 0.001);
  EXPECT_GE(low, 0);
  EXPECT_LT(high, 1);
  EXPECT_NEAR(moments([&] { return draw.uniform(-3, 5); }).first, 1, 0.02);
}

TEST(Draw, NormalHasMean0AndDeviation1) {
  Draw draw(42, 0, 0, Purpose::other);
  int beyond_two = 0;
  const auto [mean, variance] = moments([&] {
    const double value = draw.normal();
    beyond_two += std::fabs(value) > 2;
    return value;
  });
  EXPECT_NEAR(mean, 0, 0.008);
  EXPECT_NEAR(variance, 1, 0.015);
  EXPECT_NEAR(beyond_two / 200000.0, 0.0455, 0.002);
}

TEST(Draw, BetaHasItsMoments) {
  for (const auto& [a, b] : std::vector<std::pair<double, double>>{{0.4, 0.4}, {1, 1}, {2, 5}, {30, 10}}) {
    Draw draw(42, 0, 0, Purpose::mix);
    const auto [mean, variance] = moments([&, first = a, second = b] { return draw.beta(first, second); });
    EXPECT_NEAR(mean, a / (a + b), 0.005) << a << ", " << b;
    EXPECT_NEAR(variance, a * b / ((a + b) * (a + b) * (a + b + 1)), 0.002) << a << ", " << b;
  }
  Draw draw(42, 0, 0, Purpose::mix);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(std::isnan(draw.beta(1e-4, 1e-4)));
  EXPECT_THROW(draw.beta(0, 1), Error);
}

TEST(Draw, BelowIsFair) {
  Draw draw(42, 0, 0, Purpose::other);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts[static_cast<size_t>(draw.below(7))];
  double chi2 = 0;
  for (const int count : counts) chi2 += (count - 10000.0) * (count - 10000.0) / 10000;
  EXPECT_LT(chi2, 22.5);  // 6 degrees of freedom, p = 0.001
  EXPECT_EQ(draw.below(1), 0);
  const int64_t huge = (int64_t{1} << 62) + 1;
  for (int i = 0; i < 100; ++i) EXPECT_LT(draw.below(huge), huge);
  EXPECT_THROW(draw.below(0), Error);
}

TEST(Permutation, HoldsEachOnceAndFollowsItsDraw) {
  const auto order = permutation(1000, Draw(1, 0, 0, Purpose::order));
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < 1000; ++i) EXPECT_EQ(sorted[static_cast<size_t>(i)], i);
  EXPECT_EQ(order, permutation(1000, Draw(1, 0, 0, Purpose::order)));
  EXPECT_NE(order, permutation(1000, Draw(1, 1, 0, Purpose::order)));
  EXPECT_TRUE(permutation(0, Draw(1, 0, 0, Purpose::order)).empty());
}

TEST(Permutation, MakesEveryOrderOfThreeAlikeOften) {
  std::map<std::vector<int64_t>, int> counts;
  for (uint64_t epoch = 0; epoch < 12000; ++epoch) ++counts[permutation(3, Draw(1, epoch, 0, Purpose::order))];
  ASSERT_EQ(counts.size(), 6u);
  double chi2 = 0;
  for (const auto& [order, count] : counts) chi2 += (count - 2000.0) * (count - 2000.0) / 2000;
  EXPECT_LT(chi2, 20.5);  // 5 degrees of freedom, p = 0.001
}

}  // namespace
}  // namespace tenfold
