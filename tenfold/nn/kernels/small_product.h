#pragma once
// Products of small fp32 matrices with the sums in registers. Included by the kernel files only.

#include "tenfold/nn/kernels/lanes.h"

namespace tenfold::nn {
namespace {

/// out[r][c] (+)= Σ over k of a[r · row + k · step] · b[k · stride + c].
struct SmallProduct {
  const float* a;
  int64_t row, step;
  const float* b;
  int64_t stride;
  int64_t count;  ///< of k
  float* out;
  int64_t out_row;
};

template <int rows, int vectors, bool adds>
inline void small_tile(const SmallProduct& given) {
  const SmallProduct p = given;
  Floats sum[rows][vectors];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) sum[r][v] = adds ? load(p.out + r * p.out_row + v * vector_width) : Floats{};
  const float *a = p.a, *b = p.b;
  for (int64_t k = 0; k < p.count; ++k, a += p.step, b += p.stride) {
    Floats right[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) right[v] = load(b + v * vector_width);
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const Floats left = Floats{} + a[r * p.row];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) sum[r][v] += left * right[v];
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) store(p.out + r * p.out_row + v * vector_width, sum[r][v]);
}

#if defined(__AVX512F__)
constexpr int small_rows = 6, small_vectors = 4;  // 24 sums, 4 right sides and a left one: what 32 registers hold
#else
constexpr int small_rows = 6, small_vectors = 2;  // 12 of 16
#endif

template <int vectors, bool adds>
inline void small_rows_of(const SmallProduct& all, int64_t rows) {
  SmallProduct p = all;
  for (; rows >= small_rows; rows -= small_rows, p.a += small_rows * p.row, p.out += small_rows * p.out_row)
    small_tile<small_rows, vectors, adds>(p);
  for (; rows >= 2; rows -= 2, p.a += 2 * p.row, p.out += 2 * p.out_row) small_tile<2, vectors, adds>(p);
  if (rows > 0) small_tile<1, vectors, adds>(p);
}

/// `rows` rows of `columns`, a multiple of vector_width.
template <bool adds>
inline void small_product(const SmallProduct& all, int64_t rows, int64_t columns) {
  SmallProduct p = all;
  const int64_t vectors = columns / vector_width;
  for (int64_t done = 0, width; done < vectors; done += width) {
    p.b = all.b + done * vector_width;
    p.out = all.out + done * vector_width;
    const int64_t left = vectors - done;
    width = left >= small_vectors ? small_vectors : left >= 2 ? 2 : 1;
    if (width == small_vectors)
      small_rows_of<small_vectors, adds>(p, rows);
    else if (width == 2)
      small_rows_of<2, adds>(p, rows);
    else
      small_rows_of<1, adds>(p, rows);
  }
}

}  // namespace
}  // namespace tenfold::nn
