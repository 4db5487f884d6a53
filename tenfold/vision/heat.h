#pragma once
// Heat over a picture: a perceptual colour scale and the picture shaded by it. Torch-free.

#include <array>
#include <cstdint>
#include <span>

#include "tenfold/vision/image.h"

namespace tenfold::vision {

/// Colour of a heat from 0 (dark violet) over red to 1 (light yellow), sRGB. Equal steps look equal: lightness rises
/// linearly in OKLab (Ottosson 2020), so the order survives grey printing and colour blindness.
std::array<uint8_t, 3> heat_colour(double heat);

/// What lies under heat: colour over grey, the hotter the more opaque, so that what does not matter stays a picture.
std::array<uint8_t, 3> heated(const std::array<uint8_t, 3>& pixel, double heat);

/// The picture in grey, shaded. heat: [height, width] from 0 to 1, row by row.
Image heat_over(const Image& picture, std::span<const float> heat);

}  // namespace tenfold::vision
