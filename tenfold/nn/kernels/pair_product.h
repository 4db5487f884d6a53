#pragma once
// Small matrix products of bf16 pairs with fp32 sums in registers. Included by the kernel file only.

#include <immintrin.h>

#include <algorithm>
#include <cstdint>

#include "tenfold/nn/kernels/avx512_lanes.h"

namespace tenfold::nn {
namespace {

/// out[r][s] (+)= Σ over p of the pairs a[r · row + p · pair] times b[p · stride + 16 s …], `rows` x `vectors` of them.
struct Product {
  const uint32_t* a;
  int64_t row, pair;
  const uint32_t* b;
  int64_t stride;
  int64_t pairs;
  float* out;
  int64_t out_row;
};

template <int rows, int vectors, bool adds>
inline void multiply(const Product& given) {
  const Product p = given;
  __m512 sum[rows][vectors];
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v)
      sum[r][v] = adds ? _mm512_loadu_ps(p.out + r * p.out_row + v * lanes) : _mm512_setzero_ps();
  const uint32_t *a = p.a, *b = p.b;
  for (int64_t k = 0; k < p.pairs; ++k, a += p.pair, b += p.stride) {
    __m512bh right[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) right[v] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + v * lanes));
#pragma GCC unroll 8
    for (int r = 0; r < rows; ++r) {
      const auto left = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(a[r * p.row])));
#pragma GCC unroll 4
      for (int v = 0; v < vectors; ++v) sum[r][v] = _mm512_dpbf16_ps(sum[r][v], left, right[v]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; ++v) _mm512_storeu_ps(p.out + r * p.out_row + v * lanes, sum[r][v]);
}

constexpr int most_rows = 6, most_vectors = 4;  // 24 sums, 4 right sides and a left one: what 32 registers hold

template <int rows, bool adds>
void multiply_rows(const Product& p, int64_t vectors) {
  switch (vectors) {
    case 4:
      return multiply<rows, 4, adds>(p);
    case 3:
      return multiply<rows, 3, adds>(p);
    case 2:
      return multiply<rows, 2, adds>(p);
    default:
      return multiply<rows, 1, adds>(p);
  }
}

/// Any number of rows and vectors.
template <bool adds>
void multiply_all(const Product& all, int64_t rows, int64_t vectors) {
  for (int64_t v = 0; v < vectors; v += most_vectors) {
    const int64_t width = std::min<int64_t>(most_vectors, vectors - v);
    for (int64_t r = 0; r < rows; r += most_rows) {
      Product p = all;
      p.a += r * all.row;
      p.b += v * lanes;
      p.out += r * all.out_row + v * lanes;
      switch (std::min<int64_t>(most_rows, rows - r)) {
        case 6:
          multiply_rows<6, adds>(p, width);
          break;
        case 5:
          multiply_rows<5, adds>(p, width);
          break;
        case 4:
          multiply_rows<4, adds>(p, width);
          break;
        case 3:
          multiply_rows<3, adds>(p, width);
          break;
        case 2:
          multiply_rows<2, adds>(p, width);
          break;
        default:
          multiply_rows<1, adds>(p, width);
      }
    }
  }
}

}  // namespace
}  // namespace tenfold::nn
