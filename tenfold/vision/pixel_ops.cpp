#include "tenfold/vision/pixel_ops.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <vector>

namespace tenfold::vision {
namespace {

struct Picture {
  uint8_t* rgb = nullptr;
  int height = 0, width = 0;
  size_t bytes() const { return static_cast<size_t>(height) * static_cast<size_t>(width) * 3; }
  std::vector<uint8_t> copy() const { return {rgb, rgb + bytes()}; }
};

using Table = std::array<uint8_t, 256>;
using Histogram = std::array<int64_t, 256>;

template <class Map>
void map_values(const Picture& picture, const Map& map) {
  for (size_t k = 0; k < picture.bytes(); ++k) picture.rgb[k] = map(picture.rgb[k]);
}

/// A table for each channel, made of the channel's histogram.
template <class Make>
void map_channels(const Picture& picture, const Make& make) {
  std::array<Histogram, 3> counts{};
  for (size_t k = 0; k < picture.bytes(); ++k) ++counts[k % 3][picture.rgb[k]];
  std::array<Table, 3> tables;
  for (size_t c = 0; c < 3; ++c) tables[c] = make(counts[c]);
  for (size_t k = 0; k < picture.bytes(); ++k) picture.rgb[k] = tables[k % 3][picture.rgb[k]];
}

Table same() {
  Table table;
  for (size_t k = 0; k < table.size(); ++k) table[k] = static_cast<uint8_t>(k);
  return table;
}

uint8_t clipped(double value) { return static_cast<uint8_t>(std::clamp(value, 0.0, 255.0)); }

/// Darkest value to 0, lightest to 255.
Table stretched(const Histogram& count) {
  int low = 0, high = 255;
  while (low < 255 && count[static_cast<size_t>(low)] == 0) ++low;
  while (high > 0 && count[static_cast<size_t>(high)] == 0) --high;
  if (high <= low) return same();
  const double scale = 255.0 / (high - low), offset = -low * scale;
  Table table;
  for (size_t k = 0; k < table.size(); ++k) table[k] = clipped(static_cast<double>(k) * scale + offset);
  return table;
}

/// Each value to the share of those below it.
Table equalized(const Histogram& count) {
  int64_t all = 0, last = 0, kinds = 0;
  for (const int64_t n : count) {
    if (n == 0) continue;
    all += n;
    last = n;
    ++kinds;
  }
  const int64_t step = (all - last) / 255;
  if (kinds <= 1 || step == 0) return same();
  Table table;
  int64_t sum = step / 2;
  for (size_t k = 0; k < table.size(); ++k) {
    table[k] = static_cast<uint8_t>(std::min<int64_t>(sum / step, 255));
    sum += count[k];
  }
  return table;
}

/// ITU-R 601 luma in 16 bits of fraction.
int grey(const uint8_t* pixel) { return (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16; }

/// base + factor · (value - base), cut to a byte.
uint8_t blended(int base, int value, float factor) {
  const float mixed = static_cast<float>(base) + factor * static_cast<float>(value - base);
  return mixed <= 0 ? 0 : mixed >= 255 ? 255 : static_cast<uint8_t>(mixed);
}

void saturate(const Picture& picture, float factor) {
  for (uint8_t *pixel = picture.rgb, *end = pixel + picture.bytes(); pixel != end; pixel += 3) {
    const int base = grey(pixel);
    for (int c = 0; c < 3; ++c) pixel[c] = blended(base, pixel[c], factor);
  }
}

void contrast(const Picture& picture, float factor) {
  int64_t sum = 0;
  for (const uint8_t *pixel = picture.rgb, *end = pixel + picture.bytes(); pixel != end; pixel += 3) sum += grey(pixel);
  const auto pixels = static_cast<double>(picture.bytes() / 3);
  const int mean = static_cast<int>(static_cast<double>(sum) / pixels + 0.5);
  map_values(picture, [&](uint8_t value) { return blended(mean, value, factor); });
}

/// Against the mean of the 3 x 3 pixels around, the middle one counting five times; border pixels stay.
void sharpen(const Picture& picture, float factor) {
  const auto before = picture.copy();
  const int64_t row = int64_t{3} * picture.width;
  for (int64_t y = 1; y + 1 < picture.height; ++y)
    for (int64_t k = y * row + 3; k < (y + 1) * row - 3; ++k) {
      const uint8_t* middle = before.data() + k;
      int sum = 4 * middle[0];
      for (const int64_t line : {-row, int64_t{0}, row}) sum += middle[line - 3] + middle[line] + middle[line + 3];
      picture.rgb[k] = blended(static_cast<int>(static_cast<float>(sum) / 13.F + 0.5F), middle[0], factor);
    }
}

/// Output pixel (x, y) shows the input at (m0 x + m1 y + m2, m3 x + m4 y + m5), counted from the corner of the pixels,
/// in 16 bits of fraction.
void transform(const Picture& picture, const std::array<double, 6>& m) {
  const auto fixed = [](double value) { return static_cast<int64_t>(std::floor(value * 65536 + 0.5)); };
  const auto before = picture.copy();
  std::memset(picture.rgb, 0, picture.bytes());
  const int64_t across_x = fixed(m[0]), across_y = fixed(m[3]), down_x = fixed(m[1]), down_y = fixed(m[4]);
  int64_t row_x = fixed(m[2] + m[0] * 0.5 + m[1] * 0.5), row_y = fixed(m[5] + m[3] * 0.5 + m[4] * 0.5);
  uint8_t* out = picture.rgb;
  for (int y = 0; y < picture.height; ++y, row_x += down_x, row_y += down_y) {
    int64_t at_x = row_x, at_y = row_y;
    for (int x = 0; x < picture.width; ++x, out += 3, at_x += across_x, at_y += across_y) {
      const int64_t u = at_x >> 16, v = at_y >> 16;
      if (u < 0 || u >= picture.width || v < 0 || v >= picture.height) continue;
      std::memcpy(out, before.data() + 3 * (v * picture.width + u), 3);
    }
  }
}

void rotate(const Picture& picture, double degrees) {
  const double angle = -degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  const double x = picture.width / 2.0, y = picture.height / 2.0;
  transform(picture, {c, s, x - c * x - s * y, -s, c, y + s * x - c * y});
}

}  // namespace

void apply(const Operation& operation, uint8_t* rgb, int height, int width) {
  const Picture picture{rgb, height, width};
  const double magnitude = operation.magnitude;
  const auto factor = static_cast<float>(1 + magnitude);
  switch (operation.op) {
    case PixelOp::identity:
      return;
    case PixelOp::shear_x:
      return transform(picture, {1, magnitude, 0, 0, 1, 0});
    case PixelOp::shear_y:
      return transform(picture, {1, 0, 0, magnitude, 1, 0});
    case PixelOp::translate_x:
      return transform(picture, {1, 0, -std::trunc(magnitude), 0, 1, 0});
    case PixelOp::translate_y:
      return transform(picture, {1, 0, 0, 0, 1, -std::trunc(magnitude)});
    case PixelOp::rotate:
      return rotate(picture, magnitude);
    case PixelOp::brightness:
      return map_values(picture, [&](uint8_t value) { return blended(0, value, factor); });
    case PixelOp::colour:
      return saturate(picture, factor);
    case PixelOp::contrast:
      return contrast(picture, factor);
    case PixelOp::sharpness:
      return sharpen(picture, factor);
    case PixelOp::posterize: {
      const int kept = 0xFF << (8 - std::clamp(static_cast<int>(magnitude), 0, 8));
      return map_values(picture, [&](uint8_t value) { return static_cast<uint8_t>(value & kept); });
    }
    case PixelOp::solarize:
      return map_values(picture,
                        [&](uint8_t value) { return value < magnitude ? value : static_cast<uint8_t>(255 - value); });
    case PixelOp::autocontrast:
      return map_channels(picture, stretched);
    case PixelOp::equalize:
      return map_channels(picture, equalized);
  }
}

}  // namespace tenfold::vision
