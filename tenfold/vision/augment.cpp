#include "tenfold/vision/augment.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tenfold::vision {
namespace {

constexpr double kMaxDegrees = 10, kMaxLinearLight = 0.05, kMaxLogitLight = 0.2, kMaxWarp = 0.2;
constexpr double kLikely = 0.75;

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 3; ++j)
      for (size_t k = 0; k < 3; ++k) c[3 * i + j] += a[3 * i + k] * b[3 * k + j];
  return c;
}

Matrix rotation(double degrees) {
  const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  return {c, s, 0, -s, c, 0, 0, 0, 1};
}

constexpr Matrix kMirror = {-1, 0, 0, 0, 1, 0, 0, 0, 1};

/// One of the square's eight symmetries: k & 1 mirrors, k & 2 turns upside down, k & 4 swaps the axes.
Matrix symmetry(int64_t k) {
  const double x = k & 1 ? -1 : 1, y = k & 2 ? -1 : 1;
  return k & 4 ? Matrix{0, x, 0, y, 0, 0, 0, 0, 1} : Matrix{x, 0, 0, 0, y, 0, 0, 0, 1};
}

/// Shows 1/zoom of the image around a point; u, v in [0, 1] place it.
Matrix zoom(double factor, double u, double v, double half) {
  const double scale = 1 / factor;
  return {scale, 0, half * (1 - scale) * (2 * u - 1), 0, scale, half * (1 - scale) * (2 * v - 1), 0, 0, 1};
}

/// The homography that takes the corners (sx, sy), s = ±1, to (sx (1 + v sy), sy (1 + h sx)): the view tilted both ways.
/// Solved from the eight equations of its eight parameters; `half` is half the side in pixels.
Matrix tilt(double h, double v, double half) {
  std::array<std::array<double, 9>, 8> rows{};
  size_t n = 0;
  for (const double sx : {-1.0, 1.0})
    for (const double sy : {-1.0, 1.0}) {
      const double tx = sx * (1 + v * sy), ty = sy * (1 + h * sx);
      rows[n++] = {sx, sy, 1, 0, 0, 0, -tx * sx, -tx * sy, tx};
      rows[n++] = {0, 0, 0, sx, sy, 1, -ty * sx, -ty * sy, ty};
    }
  for (size_t k = 0; k < 8; ++k) {  // Gauss–Jordan with pivots
    size_t pivot = k;
    for (size_t r = k + 1; r < 8; ++r)
      if (std::abs(rows[r][k]) > std::abs(rows[pivot][k])) pivot = r;
    std::swap(rows[k], rows[pivot]);
    for (size_t r = 0; r < 8; ++r) {
      if (r == k) continue;
      const double factor = rows[r][k] / rows[k][k];
      for (size_t c = k; c < 9; ++c) rows[r][c] -= factor * rows[k][c];
    }
  }
  std::array<double, 8> p{};
  for (size_t k = 0; k < 8; ++k) p[k] = rows[k][8] / rows[k][k];
  return {p[0], p[1], p[2] * half, p[3], p[4], p[5] * half, p[6] / half, p[7] / half, 1};
}

Light linear_light(Draw& draw) {
  const double add = draw.uniform(-kMaxLinearLight, kMaxLinearLight), c = draw.uniform(-kMaxLinearLight, kMaxLinearLight);
  return {Light::Kind::linear, add, c < 0 ? 1 / (1 - c) : 1 + c};
}

/// Brightness: logit of U(0.5 (1 - m), 0.5 (1 + m)) added; contrast: exp(U(ln(1 - m), -ln(1 - m))) times; each with p 0.75.
Light logit_light(Draw& draw) {
  Light light{Light::Kind::logit, 0, 1};
  const bool brighter = draw.chance(kLikely);
  const double c = draw.uniform(0.5 * (1 - kMaxLogitLight), 0.5 * (1 + kMaxLogitLight));
  const bool harder = draw.chance(kLikely);
  const double k = std::exp(draw.uniform(std::log(1 - kMaxLogitLight), -std::log(1 - kMaxLogitLight)));
  if (brighter) light.add = std::log(c / (1 - c));
  if (harder) light.multiply = k;
  if (!brighter && !harder) light.kind = Light::Kind::none;
  return light;
}

Matrix maybe_rotation(Draw& draw) {
  const bool turned = draw.chance(kLikely);
  const double degrees = draw.uniform(-kMaxDegrees, kMaxDegrees);
  return rotation(turned ? degrees : 0);
}

Change modern(int64_t size, double max_zoom, Draw& draw) {
  const double half = static_cast<double>(size - 1) / 2;
  Change change;
  if (draw.chance(0.5)) change.matrix = kMirror;
  change.matrix = product(change.matrix, maybe_rotation(draw));
  const bool zoomed = draw.chance(kLikely);
  const double factor = draw.uniform(1, max_zoom), u = draw.uniform(), v = draw.uniform();
  if (zoomed) change.matrix = product(change.matrix, zoom(factor, u, v, half));
  const bool across = draw.chance(kLikely), up = draw.chance(kLikely);
  const double h = draw.uniform(-kMaxWarp, kMaxWarp), w = draw.uniform(-kMaxWarp, kMaxWarp);
  if (across || up) change.matrix = product(tilt(across ? h : 0, up ? w : 0, half), change.matrix);
  change.light = logit_light(draw);
  return change;
}

Change small(int64_t size, Draw& draw) {
  const int64_t reach = std::max<int64_t>(1, size / 8);
  Change change;
  const auto dx = static_cast<double>(draw.below(2 * reach + 1) - reach), dy = static_cast<double>(draw.below(2 * reach + 1) - reach);
  change.matrix = {1, 0, dx, 0, 1, dy, 0, 0, 1};
  if (draw.chance(0.5)) change.matrix = product(change.matrix, kMirror);
  return change;
}

}  // namespace

bool changes(Augment preset) { return preset != Augment::none; }

Change draw_change(Augment preset, int64_t size, double max_zoom, Draw draw) {
  Change change;
  switch (preset) {
    case Augment::none: return change;
    case Augment::modern: return modern(size, max_zoom, draw);
    case Augment::small: return small(size, draw);
    case Augment::basic:
    case Augment::side_on:
    case Augment::top_down: break;
  }
  change.matrix = maybe_rotation(draw);
  change.light = linear_light(draw);
  if (preset == Augment::side_on && draw.chance(0.5)) change.matrix = product(change.matrix, kMirror);
  if (preset == Augment::top_down) change.matrix = product(change.matrix, symmetry(draw.below(8)));
  return change;
}

double lit(const Light& light, double value, double mean) {
  if (light.kind == Light::Kind::none) return value;
  if (light.kind == Light::Kind::linear) return std::clamp((value - mean) * light.multiply + mean + light.add, 0.0, 1.0);
  constexpr double kEdge = 1e-7;  // fastai's clamp before the logit
  const double x = std::clamp(value, kEdge, 1 - kEdge);
  return 1 / (1 + std::exp(-light.multiply * (std::log(x / (1 - x)) + light.add)));
}

}  // namespace tenfold::vision
