#include "tenfold/vision/erase.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/types.h>

namespace tenfold::vision {
namespace {

Draw draw(uint64_t sample) { return Draw(4, 1, sample, Purpose::erase); }

TEST(Erase, DrawsWhatItSays) {
  constexpr int kTimes = 4000, kSize = 64;
  int noisy = 0;
  double area = 0, largest = 0, tallest = 0, widest = 0;
  for (uint64_t k = 0; k < kTimes; ++k) {
    Draw stream = draw(k);
    const auto all = draw_erased({.chance = 0.5, .area = 0.3}, kSize, stream);
    ASSERT_LE(all.size(), 1u);
    if (all.empty()) continue;
    ++noisy;
    const Erased& box = all.front();
    ASSERT_GE(box.x, 0);
    ASSERT_LE(box.x + box.width, kSize);
    ASSERT_LE(box.y + box.height, kSize);
    const double part = static_cast<double>(box.width * box.height) / (kSize * kSize);
    area += part;
    largest = std::max(largest, part);
    if (box.width < 8 || box.height < 8) continue;  // rounding would make the ratio another
    const double ratio = static_cast<double>(box.height) / static_cast<double>(box.width);
    tallest = std::max(tallest, ratio);
    widest = std::max(widest, 1 / ratio);
  }
  EXPECT_NEAR(noisy / double{kTimes}, 0.5, 0.03);
  EXPECT_NEAR(area / noisy, 0.15, 0.01);  // mean of U(0, 0.3), hardly cut at the border
  EXPECT_LT(largest, 0.32);
  EXPECT_NEAR(tallest, 1 / 0.3, 0.5);
  EXPECT_NEAR(widest, 1 / 0.3, 0.5);
}

TEST(Erase, BoxesShareTheArea) {
  size_t most = 0;
  for (uint64_t k = 0; k < 500; ++k) {
    Draw stream = draw(k);
    const auto all = draw_erased({.chance = 1, .area = 0.4, .boxes = 4}, 100, stream);
    ASSERT_GE(all.size(), 1u);
    most = std::max(most, all.size());
    int64_t sum = 0;
    for (const auto& box : all) sum += box.width * box.height;
    EXPECT_LE(sum, 4300);
  }
  EXPECT_EQ(most, 4u);
}

TEST(Erase, HolesAreCutAtTheBorderAndBlank) {
  double mean = 0;
  for (uint64_t k = 0; k < 2000; ++k) {
    Draw stream = draw(k);
    const auto all = draw_erased({.hole = 8, .holes = 2}, 32, stream);
    ASSERT_EQ(all.size(), 2u);
    for (const auto& box : all) {
      EXPECT_FALSE(box.noise);
      EXPECT_TRUE(box.x >= 0 && box.y >= 0 && box.x + box.width <= 32 && box.y + box.height <= 32);
      EXPECT_TRUE(box.width >= 4 && box.width <= 8);
      mean += static_cast<double>(box.width) / 4000;
    }
  }
  EXPECT_NEAR(mean, (32 * 8 - (1 + 2 + 3 + 4) - (1 + 2 + 3)) / 32.0, 0.1);  // over all centres
}

TEST(Erase, FillsWithNormalNumbersAndLeavesTheRest) {
  const Erasing erasing{.chance = 1, .area = 0.9};
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    auto images =
        torch::full({6, 3, 40, 40}, 7, at::TensorOptions().dtype(dtype)).contiguous(at::MemoryFormat::ChannelsLast);
    std::vector<Draw> draws;
    for (uint64_t k = 0; k < 6; ++k) draws.push_back(draw(k));
    auto again = images.clone(at::MemoryFormat::Preserve);
    erase(images, erasing, draws);
    const int before = at::get_num_threads();
    at::set_num_threads(1);
    erase(again, erasing, draws);
    at::set_num_threads(before);
    EXPECT_TRUE(at::equal(images, again));
    int64_t expected = 0;
    for (uint64_t k = 0; k < 6; ++k) {
      Draw stream = draw(k);
      for (const auto& box : draw_erased(erasing, 40, stream)) {
        expected += 3 * box.width * box.height;
        const auto inside = images[static_cast<int64_t>(k)].narrow(1, box.y, box.height).narrow(2, box.x, box.width);
        EXPECT_FALSE((inside == 7).any().item<bool>());
      }
    }
    const auto noise = images.masked_select(images != 7).to(at::kDouble);
    ASSERT_EQ(noise.numel(), expected);
    EXPECT_NEAR(noise.mean().item<double>(), 0, 0.03);
    EXPECT_NEAR(noise.std().item<double>(), 1, 0.03);
  }
}

}  // namespace
}  // namespace tenfold::vision
