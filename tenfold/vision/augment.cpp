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

Light linear_light(Draw& draw) {
  const double add = draw.uniform(-kMaxLinearLight, kMaxLinearLight),
               c = draw.uniform(-kMaxLinearLight, kMaxLinearLight);
  return {Light::Kind::linear, add, c < 0 ? 1 / (1 - c) : 1 + c};
}

Light logit_light(Draw& draw) {
  const double middle = maybe(draw, 0.5 * (1 - kMaxLogitLight), 0.5 * (1 + kMaxLogitLight), 0.5);
  const double contrast = maybe(draw, std::log(1 - kMaxLogitLight), -std::log(1 - kMaxLogitLight), 0);
  if (middle == 0.5 && contrast == 0) return {};
  return {Light::Kind::logit, std::log(middle / (1 - middle)), std::exp(contrast)};
}

Matrix maybe_turned(Draw& draw) { return turned(maybe(draw, -kMaxDegrees, kMaxDegrees, 0)); }

Change modern(int64_t size, double max_zoom, Draw& draw) {
  const Matrix side = draw.chance(0.5) ? mirrored : unchanged;
  const Matrix turn = maybe_turned(draw);
  const double factor = maybe(draw, 1, max_zoom, 1), u = draw.uniform(), v = draw.uniform();
  const double x = maybe(draw, -kMaxTilt, kMaxTilt, 0), y = maybe(draw, -kMaxTilt, kMaxTilt, 0);
  const Matrix flat = product(product(side, turn), zoomed(factor, u, v, size));
  return {.matrix = x == 0 && y == 0 ? flat : product(tilted(x, y, size), flat), .light = logit_light(draw)};
}

Change small(int64_t size, Draw& draw) {
  const int64_t reach = std::max<int64_t>(1, size / 8);
  const auto step = [&] { return static_cast<double>(draw.below(2 * reach + 1) - reach); };
  const double x = step(), y = step();
  return {.matrix = product(shifted(x, y), draw.chance(0.5) ? mirrored : unchanged)};
}

Change photograph(Augment preset, Draw& draw) {
  const Matrix turn = maybe_turned(draw);
  const Light light = linear_light(draw);
  Matrix side = unchanged;
  if (preset == Augment::side_on && draw.chance(0.5)) side = mirrored;
  if (preset == Augment::top_down) side = symmetry(draw.below(8));
  return {.matrix = product(turn, side), .light = light};
}

}  // namespace

Change draw_change(Augment preset, int64_t size, double max_zoom, Draw draw) {
  switch (preset) {
    case Augment::none:
      return {};
    case Augment::modern:
      return modern(size, max_zoom, draw);
    case Augment::small:
      return small(size, draw);
    case Augment::basic:
    case Augment::side_on:
    case Augment::top_down:
      return photograph(preset, draw);
  }
  return {};
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
