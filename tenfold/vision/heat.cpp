#include "tenfold/vision/heat.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tenfold/core/error.h"

namespace tenfold::vision {
namespace {

constexpr double kMostOpaque = 0.78;

/// IEC 61966-2-1.
uint8_t encoded(double linear) {
  const double value = std::clamp(linear, 0.0, 1.0);
  const double gamma = value <= 0.0031308 ? 12.92 * value : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
  return static_cast<uint8_t>(std::lround(255 * gamma));
}

/// OKLab to sRGB, the published matrices.
std::array<uint8_t, 3> srgb(double lightness, double a, double b) {
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3),
               m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3),
               s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

}  // namespace

std::array<uint8_t, 3> heat_colour(double heat) {
  const double t = std::clamp(heat, 0.0, 1.0);
  // Half a turn of the hue circle, at a chroma that screens can show everywhere on the way.
  const double hue = (-75 + 180 * t) * std::numbers::pi / 180, chroma = 0.12 + 0.045 * std::sin(std::numbers::pi * t);
  return srgb(0.28 + 0.64 * t, chroma * std::cos(hue), chroma * std::sin(hue));
}

std::array<uint8_t, 3> heated(const std::array<uint8_t, 3>& pixel, double heat) {
  const double grey = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2];
  const double opaque = kMostOpaque * std::sqrt(std::clamp(heat, 0.0, 1.0));
  const auto colour = heat_colour(heat);
  std::array<uint8_t, 3> out{};
  for (size_t c = 0; c < 3; ++c)
    out[c] = static_cast<uint8_t>(std::lround((1 - opaque) * grey + opaque * static_cast<double>(colour[c])));
  return out;
}

Image heat_over(const Image& picture, std::span<const float> heat) {
  if (heat.size() * 3 != picture.rgb.size())
    throw Error("heat of " + std::to_string(heat.size()) + " places does not fit a picture of " +
                std::to_string(picture.width) + " x " + std::to_string(picture.height) + "; give one value a pixel");
  Image out = picture;
  for (size_t k = 0; k < heat.size(); ++k) {
    const auto colour = heated({picture.rgb[3 * k], picture.rgb[3 * k + 1], picture.rgb[3 * k + 2]}, heat[k]);
    std::copy(colour.begin(), colour.end(), out.rgb.begin() + static_cast<std::ptrdiff_t>(3 * k));
  }
  return out;
}

}  // namespace tenfold::vision
