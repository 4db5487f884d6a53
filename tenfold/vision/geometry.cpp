#include "tenfold/vision/geometry.h"

#include <cmath>
#include <numbers>
#include <utility>

namespace tenfold::vision {
namespace {

/// [rows][8 unknowns and the right side], by Gauss–Jordan elimination with pivots.
std::array<double, 8> solved(std::array<std::array<double, 9>, 8> rows) {
  for (size_t k = 0; k < 8; ++k) {
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
  std::array<double, 8> unknowns;
  for (size_t k = 0; k < 8; ++k) unknowns[k] = rows[k][8] / rows[k][k];
  return unknowns;
}

double half_of(int64_t size) { return static_cast<double>(size - 1) / 2; }

}  // namespace

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 3; ++j)
      for (size_t k = 0; k < 3; ++k) c[3 * i + j] += a[3 * i + k] * b[3 * k + j];
  return c;
}

Matrix turned(double degrees) {
  const double angle = degrees * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  return {c, s, 0, -s, c, 0, 0, 0, 1};
}

Matrix symmetry(int64_t k) {
  const double x = k & 1 ? -1 : 1, y = k & 2 ? -1 : 1;
  return k & 4 ? Matrix{0, x, 0, y, 0, 0, 0, 0, 1} : Matrix{x, 0, 0, 0, y, 0, 0, 0, 1};
}

Matrix shifted(double x, double y) { return {1, 0, x, 0, 1, y, 0, 0, 1}; }

Matrix zoomed(double factor, double u, double v, int64_t size) {
  const double scale = 1 / factor, reach = half_of(size) * (1 - scale);
  return {scale, 0, reach * (2 * u - 1), 0, scale, reach * (2 * v - 1), 0, 0, 1};
}

Matrix tilted(double x, double y, int64_t size) {
  std::array<std::array<double, 9>, 8> rows;
  size_t n = 0;
  for (const double sx : {-1.0, 1.0})
    for (const double sy : {-1.0, 1.0}) {  // (seen_x, seen_y) shows the corner (sx, sy)
      const double seen_x = sx * (1 - y * sy), seen_y = sy * (1 - x * sx);
      rows[n++] = {seen_x, seen_y, 1, 0, 0, 0, -sx * seen_x, -sx * seen_y, sx};
      rows[n++] = {0, 0, 0, seen_x, seen_y, 1, -sy * seen_x, -sy * seen_y, sy};
    }
  const auto p = solved(rows);
  const double half = half_of(size);
  return {p[0], p[1], p[2] * half, p[3], p[4], p[5] * half, p[6] / half, p[7] / half, 1};
}

}  // namespace tenfold::vision
