#pragma once
// Patches of 16 channels as Winograd's convolution sees them: loaded from images, zero beyond the border, and their
// transforms. Included by the kernel file only.

#include <immintrin.h>

#include "tenfold/nn/kernels/avx512_lanes.h"
#include "tenfold/nn/kernels/winograd.h"

namespace tenfold::nn {
namespace {

inline __m512 load(const uint16_t* from, __mmask16 mask) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from)), 16));
}

inline __m256i rounded(__m512 value) { return reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(value)); }

/// Channels of a 4 x 4 or 2 x 2 patch of pixels.
template <int side>
struct Patch {
  __m512 at[side][side];
};

/// Bᵀ d B. arXiv 1509.09308, section 4.1.
inline Patch<4> input_transform(const Patch<4>& d) {
  Patch<4> rows, out;
  for (int x = 0; x < 4; ++x) {
    rows.at[0][x] = _mm512_sub_ps(d.at[0][x], d.at[2][x]);
    rows.at[1][x] = _mm512_add_ps(d.at[1][x], d.at[2][x]);
    rows.at[2][x] = _mm512_sub_ps(d.at[2][x], d.at[1][x]);
    rows.at[3][x] = _mm512_sub_ps(d.at[1][x], d.at[3][x]);
  }
  for (int y = 0; y < 4; ++y) {
    const __m512* r = rows.at[y];
    out.at[y][0] = _mm512_sub_ps(r[0], r[2]);
    out.at[y][1] = _mm512_add_ps(r[1], r[2]);
    out.at[y][2] = _mm512_sub_ps(r[2], r[1]);
    out.at[y][3] = _mm512_sub_ps(r[1], r[3]);
  }
  return out;
}

/// A d Aᵀ: the output's gradient among the 16 products.
inline Patch<4> gradient_transform(const Patch<2>& d) {
  const __m512 zero = _mm512_setzero_ps();
  __m512 rows[4][2];
  for (int x = 0; x < 2; ++x) {
    rows[0][x] = d.at[0][x];
    rows[1][x] = _mm512_add_ps(d.at[0][x], d.at[1][x]);
    rows[2][x] = _mm512_sub_ps(d.at[0][x], d.at[1][x]);
    rows[3][x] = _mm512_sub_ps(zero, d.at[1][x]);
  }
  Patch<4> out;
  for (int y = 0; y < 4; ++y) {
    out.at[y][0] = rows[y][0];
    out.at[y][1] = _mm512_add_ps(rows[y][0], rows[y][1]);
    out.at[y][2] = _mm512_sub_ps(rows[y][0], rows[y][1]);
    out.at[y][3] = _mm512_sub_ps(zero, rows[y][1]);
  }
  return out;
}

/// Aᵀ m A: four outputs of 16 products.
inline Patch<2> output_transform(const Patch<4>& m) {
  __m512 rows[2][4];
  for (int x = 0; x < 4; ++x) {
    rows[0][x] = _mm512_add_ps(_mm512_add_ps(m.at[0][x], m.at[1][x]), m.at[2][x]);
    rows[1][x] = _mm512_sub_ps(_mm512_sub_ps(m.at[1][x], m.at[2][x]), m.at[3][x]);
  }
  Patch<2> out;
  for (int y = 0; y < 2; ++y) {
    out.at[y][0] = _mm512_add_ps(_mm512_add_ps(rows[y][0], rows[y][1]), rows[y][2]);
    out.at[y][1] = _mm512_sub_ps(_mm512_sub_ps(rows[y][1], rows[y][2]), rows[y][3]);
  }
  return out;
}

/// Pixels of a patch whose first pixel is (row, column) of an image; zeros beyond its border.
template <int side>
struct Pixels {
  const uint16_t* at[side][side];

  Pixels(const uint16_t* image, const WinogradShape& shape, int64_t channels, int64_t row, int64_t column,
         const uint16_t* zeros) {
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) {
        const int64_t i = row + y, j = column + x;
        const bool inside = i >= 0 && i < shape.height && j >= 0 && j < shape.width;
        at[y][x] = inside ? image + (i * shape.width + j) * channels : zeros;
      }
  }

  Patch<side> load_at(int64_t c, __mmask16 mask) const {
    Patch<side> patch;
    for (int y = 0; y < side; ++y)
      for (int x = 0; x < side; ++x) patch.at[y][x] = load(at[y][x] + c, mask);
    return patch;
  }
};

/// Where a tile lies.
struct Tile {
  int64_t image, row, column;
  Tile(const WinogradShape& shape, int64_t number) {
    image = number / shape.tiles();
    const int64_t rest = number % shape.tiles();
    row = rest / shape.tile_columns() * 2;
    column = rest % shape.tile_columns() * 2;
  }
};

Pixels<4> input_pixels(const WinogradShape& shape, const uint16_t* x, const Tile& tile, const uint16_t* zeros) {
  return {
      x + tile.image * shape.height * shape.width * shape.in, shape, shape.in, tile.row - 1, tile.column - 1, zeros};
}

}  // namespace
}  // namespace tenfold::nn
