#pragma once
// Changes of view as 3 x 3 matrices that take an output pixel to the input pixel which it shows: so they compose in the
// order of reading, and an image is resampled once however many there are.

#include <array>
#include <cstdint>

namespace tenfold::vision {

/// Homogeneous, row-major, in pixels from the image's centre.
using Matrix = std::array<double, 9>;

constexpr Matrix unchanged = {1, 0, 0, 0, 1, 0, 0, 0, 1};
constexpr Matrix mirrored = {-1, 0, 0, 0, 1, 0, 0, 0, 1};

/// a after b: what b shows, seen through a.
Matrix product(const Matrix& a, const Matrix& b);

Matrix turned(double degrees);

/// One of the square's eight symmetries, 0 <= k < 8: k & 1 mirrors, k & 2 turns upside down, k & 4 swaps the axes.
Matrix symmetry(int64_t k);

Matrix shifted(double x, double y);

/// Shows 1 / factor of an image of `size` pixels a side; u and v in [0, 1] place the part, 0.5 in the middle.
Matrix zoomed(double factor, double u, double v, int64_t size);

/// Perspective, as fastai 2.x draws it: the picture's corners (±1, ±1) are seen at (±(1 ∓ y), ±(1 ∓ x)), where the
/// inner sign is that of the other coordinate.
Matrix tilted(double x, double y, int64_t size);

}  // namespace tenfold::vision
