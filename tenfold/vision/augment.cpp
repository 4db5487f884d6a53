#include "tenfold/vision/augment.h"

#include <algorithm>
#include <cmath>

namespace tenfold::vision {
namespace {

constexpr double kMaxDegrees = 10, kMaxLinearLight = 0.05, kMaxLogitLight = 0.2, kMaxTilt = 0.2, kLikely = 0.75;

/// Every number is drawn whether it is used or not, so that one preset's decisions do not shift the others' numbers.
double maybe(Draw& draw, double low, double high, double otherwise) {
  const bool used = draw.chance(kLikely);
  const double value = draw.uniform(low, high);
  return used ? value : otherwise;
}

Light linear_light(Draw& draw, double strength) {
  const double most = strength * kMaxLinearLight, add = draw.uniform(-most, most), c = draw.uniform(-most, most);
  return {Light::Kind::linear, add, c < 0 ? 1 / (1 - c) : 1 + c};
}

Light logit_light(Draw& draw, double strength) {
  const double most = strength * kMaxLogitLight;
  const double middle = maybe(draw, 0.5 * (1 - most), 0.5 * (1 + most), 0.5);
  const double contrast = maybe(draw, std::log(1 - most), -std::log(1 - most), 0);
  if (middle == 0.5 && contrast == 0) return {};
  return {Light::Kind::logit, std::log(middle / (1 - middle)), std::exp(contrast)};
}

Matrix maybe_turned(Draw& draw, double strength) {
  return turned(maybe(draw, -strength * kMaxDegrees, strength * kMaxDegrees, 0));
}

Change modern(const Augmentation& augmentation, Draw& draw) {
  const auto& [preset, size, max_zoom, strength, min_area] = augmentation;
  const bool moved = draw.chance(0.5);
  const Matrix move = preset == Augment::modern_top_down ? symmetry(draw.below(8)) : mirrored;
  const Matrix turn = maybe_turned(draw, strength);
  const double factor = maybe(draw, 1, max_zoom, 1), u = draw.uniform(), v = draw.uniform(), most = strength * kMaxTilt;
  const double x = maybe(draw, -most, most, 0), y = maybe(draw, -most, most, 0);
  const Matrix flat = product(product(moved ? move : unchanged, turn), zoomed(factor, u, v, size));
  return {.matrix = x == 0 && y == 0 ? flat : product(tilted(x, y, size), flat), .light = logit_light(draw, strength)};
}

Change small(int64_t size, Draw& draw) {
  const int64_t reach = std::max<int64_t>(1, size / 8);
  const auto step = [&] { return static_cast<double>(draw.below(2 * reach + 1) - reach); };
  const double x = step(), y = step();
  return {.matrix = product(shifted(x, y), draw.chance(0.5) ? mirrored : unchanged)};
}

Change photograph(const Augmentation& augmentation, Draw& draw) {
  const Matrix turn = maybe_turned(draw, augmentation.strength);
  const Light light = linear_light(draw, augmentation.strength);
  Matrix side = unchanged;
  if (augmentation.preset == Augment::side_on && draw.chance(0.5)) side = mirrored;
  if (augmentation.preset == Augment::top_down) side = symmetry(draw.below(8));
  return {.matrix = product(turn, side), .light = light};
}

Change of_preset(const Augmentation& augmentation, Draw& draw) {
  switch (augmentation.preset) {
    case Augment::none:
      return {};
    case Augment::modern:
    case Augment::modern_top_down:
      return modern(augmentation, draw);
    case Augment::small:
      return small(augmentation.size, draw);
    case Augment::basic:
    case Augment::side_on:
    case Augment::top_down:
      return photograph(augmentation, draw);
  }
  return {};
}

/// A random square window of the image as the whole output.
Matrix window(int64_t image_size, int64_t size, double min_area, Draw& draw) {
  const double part = std::sqrt(draw.uniform(min_area, 1)), u = draw.uniform(), v = draw.uniform();
  const double side = std::max(part * static_cast<double>(image_size), 1.0);
  const double scale = (side - 1) / static_cast<double>(std::max<int64_t>(size - 1, 1));
  const double spare = static_cast<double>(image_size) - side;
  return {scale, 0, spare * (u - 0.5), 0, scale, spare * (v - 0.5), 0, 0, 1};
}

}  // namespace

Change draw_change(const Augmentation& augmentation, Draw draw, int64_t image_size) {
  Change change = of_preset(augmentation, draw);
  if (image_size > 0 && image_size != augmentation.size)
    change.matrix = product(window(image_size, augmentation.size, augmentation.min_area, draw), change.matrix);
  return change;
}

double lit(const Light& light, double value, double mean) {
  if (light.kind == Light::Kind::none) return value;
  if (light.kind == Light::Kind::linear)
    return std::clamp((value - mean) * light.multiply + mean + light.add, 0.0, 1.0);
  constexpr double kEdge = 1e-7;  // fastai's clamp before the logit
  const double x = std::clamp(value, kEdge, 1 - kEdge);
  return 1 / (1 + std::exp(-light.multiply * (std::log(x / (1 - x)) + light.add)));
}

}  // namespace tenfold::vision
