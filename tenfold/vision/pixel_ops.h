#pragma once
// Operations on the bytes of an image that RandAugment and TrivialAugment choose from, as Pillow computes them and
// torchvision names them. Torch-free.

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace tenfold::vision {

enum class PixelOp {
  identity,
  shear_x,
  shear_y,
  translate_x,
  translate_y,
  rotate,
  brightness,
  colour,
  contrast,
  sharpness,
  posterize,
  solarize,
  autocontrast,
  equalize
};
constexpr int pixel_op_count = 14;

/// shear: pixels a pixel. translate: whole pixels. rotate: degrees, against the clock. brightness, colour, contrast,
/// sharpness: 0 changes nothing, -1 leaves black, grey, flat or smooth, +1 doubles. posterize: bits that are kept.
/// solarize: values from this one on are inverted. The others take none.
struct Operation {
  PixelOp op = PixelOp::identity;
  double magnitude = 0;
};

/// rgb: [height, width, 3], changed in place. What comes from outside the image is black; geometry takes the nearest
/// pixel.
void apply(const Operation& operation, uint8_t* rgb, int height, int width);

}  // namespace tenfold::vision
