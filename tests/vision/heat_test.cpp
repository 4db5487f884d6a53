// The colour scale of heat maps, and pictures under it.

#include "tenfold/vision/heat.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold::vision {
namespace {

/// Lightness L of OKLab, the way back: sRGB → linear → cone responses.
double lightness(const std::array<uint8_t, 3>& colour) {
  double linear[3];
  for (size_t c = 0; c < 3; ++c) {
    const double v = colour[c] / 255.0;
    linear[c] = v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  }
  const double l = std::cbrt(0.4122214708 * linear[0] + 0.5363325363 * linear[1] + 0.0514459929 * linear[2]),
               m = std::cbrt(0.2119034982 * linear[0] + 0.6806995451 * linear[1] + 0.1073969566 * linear[2]),
               s = std::cbrt(0.0883024619 * linear[0] + 0.2817188376 * linear[1] + 0.6299787005 * linear[2]);
  return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
}

TEST(Heat, LightnessRisesEvenly) {
  for (int k = 0; k <= 100; ++k)  // also says that no colour was clipped to what screens can show
    EXPECT_NEAR(lightness(heat_colour(k / 100.0)), 0.28 + 0.64 * k / 100, 0.004) << k;
}

TEST(Heat, LeavesThePictureWhereThereIsNone) {
  EXPECT_EQ(heated({200, 200, 200}, 0), (std::array<uint8_t, 3>{200, 200, 200}));
  EXPECT_EQ(heated({255, 0, 0}, 0), (std::array<uint8_t, 3>{76, 76, 76})) << "in grey: 0.299 of red";
  const auto hot = heated({0, 0, 0}, 1), full = heat_colour(1);
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(hot[c], 0.78 * full[c], 0.51);
}

TEST(Heat, ShadesPixelByPixel) {
  const Image picture{2, 1, {10, 20, 30, 200, 100, 50}};
  const std::array<float, 2> heat = {1, 0};
  const auto out = heat_over(picture, heat);
  EXPECT_EQ(out.width, 2);
  const auto first = heated({10, 20, 30}, 1), second = heated({200, 100, 50}, 0);
  EXPECT_EQ(out.rgb, (std::vector<uint8_t>{first[0], first[1], first[2], second[0], second[1], second[2]}));
  EXPECT_THROW(heat_over(picture, std::span(heat).first(1)), Error);
}

}  // namespace
}  // namespace tenfold::vision
