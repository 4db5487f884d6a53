// Winograd's convolution for AVX512-BF16. Nothing else belongs in this file: its flags hold for all that is compiled in
// it.

#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "tenfold/nn/kernels/pair_product.h"
#include "tenfold/nn/kernels/winograd_patch.h"

namespace tenfold::nn {

extern const WinogradKernels avx512bf16_winograd;

namespace {

void forward(const WinogradShape& given, const uint16_t* x, const uint32_t* u, uint16_t* y, int64_t first, int64_t last,
             int64_t block, void* scratch) {
  const WinogradShape shape = given;
  const int64_t tiles = last - first, in = shape.in, pairs = in / 2;
  auto* products = static_cast<float*>(scratch);                                       // [16, block, 64]
  auto* inputs = reinterpret_cast<uint16_t*>(products + 16 * block * winograd_panel);  // [16, block, in]
  uint16_t* zeros = inputs + 16 * block * in;
  std::memset(zeros, 0, static_cast<size_t>(in) * sizeof *zeros);
  for (int64_t t = 0; t < tiles; ++t) {
    const auto pixels = input_pixels(shape, x, Tile(shape, first + t), zeros);
    for (int64_t c = 0; c < in; c += lanes) {
      const __mmask16 mask = mask_at(c, in);
      const Patch<4> v = input_transform(pixels.load_at(c, mask));
      for (int k = 0; k < 16; ++k)
        _mm256_mask_storeu_epi16(inputs + (k * block + t) * in + c, mask, rounded(v.at[k / 4][k % 4]));
    }
  }
  for (int64_t panel = 0; panel < winograd_panels(shape.out); ++panel) {
    const int64_t channel = panel * winograd_panel, channels = std::min(winograd_panel, shape.out - channel);
    for (int64_t k = 0; k < 16; ++k)
      multiply_all<false>({.a = reinterpret_cast<const uint32_t*>(inputs + k * block * in),
                           .row = pairs,
                           .pair = 1,
                           .b = u + (panel * 16 + k) * pairs * winograd_panel,
                           .stride = winograd_panel,
                           .pairs = pairs,
                           .out = products + k * block * winograd_panel,
                           .out_row = winograd_panel},
                          tiles, (channels + lanes - 1) / lanes);
    for (int64_t t = 0; t < tiles; ++t) {
      const Tile tile(shape, first + t);
      uint16_t* corner = y + ((tile.image * shape.height + tile.row) * shape.width + tile.column) * shape.out + channel;
      const bool right = tile.column + 1 < shape.width, below = tile.row + 1 < shape.height;
      for (int64_t c = 0; c < channels; c += lanes) {
        Patch<4> m;
        for (int k = 0; k < 16; ++k)
          m.at[k / 4][k % 4] = _mm512_loadu_ps(products + (k * block + t) * winograd_panel + c);
        const Patch<2> out = output_transform(m);
        const __mmask16 mask = mask_at(c, channels);
        _mm256_mask_storeu_epi16(corner + c, mask, rounded(out.at[0][0]));
        if (right) _mm256_mask_storeu_epi16(corner + shape.out + c, mask, rounded(out.at[0][1]));
        uint16_t* lower = corner + shape.width * shape.out + c;
        if (below) _mm256_mask_storeu_epi16(lower, mask, rounded(out.at[1][0]));
        if (below && right) _mm256_mask_storeu_epi16(lower + shape.out, mask, rounded(out.at[1][1]));
      }
    }
  }
}

/// Two tiles' values of a channel side by side, the pair that one instruction multiplies and adds.
inline __m512i paired(__m512 even, __m512 odd) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(rounded(even)),
                         _mm512_slli_epi32(_mm512_cvtepu16_epi32(rounded(odd)), 16));
}

void weight_gradient(const WinogradShape& given, const uint16_t* x, const uint16_t* dy, int64_t from, int64_t columns,
                     float* sums, int64_t first, int64_t last, int64_t block, void* scratch) {
  const WinogradShape shape = given;
  const int64_t in = shape.in, half = block / 2;
  const int64_t padded_in = (in + lanes - 1) / lanes * lanes, padded = (columns + lanes - 1) / lanes * lanes;
  auto* inputs = static_cast<uint32_t*>(scratch);        // [16, block / 2, padded_in]
  uint32_t* gradients = inputs + 16 * half * padded_in;  // [16, block / 2, padded]
  auto* zeros = reinterpret_cast<uint16_t*>(gradients + 16 * half * padded);
  std::memset(zeros, 0, static_cast<size_t>(std::max(in, shape.out)) * sizeof *zeros);
  for (int64_t begin = first; begin < last; begin += block) {
    const int64_t tiles = std::min(block, last - begin), pairs = (tiles + 1) / 2;
    for (int64_t p = 0; p < pairs; ++p) {
      // An odd one out is paired with zeros: those pixels lie above every image.
      const bool whole = 2 * p + 1 < tiles;
      const Tile even(shape, begin + 2 * p), odd(shape, whole ? begin + 2 * p + 1 : begin + 2 * p);
      const auto pixels = input_pixels(shape, x, even, zeros);
      const auto other = whole ? input_pixels(shape, x, odd, zeros) : Pixels<4>(x, shape, in, -4, -4, zeros);
      for (int64_t c = 0; c < in; c += lanes) {
        const __mmask16 mask = mask_at(c, in);
        const Patch<4> a = input_transform(pixels.load_at(c, mask)), b = input_transform(other.load_at(c, mask));
        for (int k = 0; k < 16; ++k)
          _mm512_storeu_si512(inputs + (k * half + p) * padded_in + c, paired(a.at[k / 4][k % 4], b.at[k / 4][k % 4]));
      }
      const int64_t image = shape.height * shape.width * shape.out;
      const Pixels<2> here(dy + even.image * image, shape, shape.out, even.row, even.column, zeros);
      const Pixels<2> there(dy + odd.image * image, shape, shape.out, whole ? odd.row : -2, odd.column, zeros);
      for (int64_t c = 0; c < columns; c += lanes) {
        const __mmask16 mask = mask_at(c, columns);
        // The pixel of zeros is long enough for every channel.
        const Patch<4> a = gradient_transform(here.load_at(from + c, mask)),
                       b = gradient_transform(there.load_at(from + c, mask));
        for (int k = 0; k < 16; ++k)
          _mm512_storeu_si512(gradients + (k * half + p) * padded + c, paired(a.at[k / 4][k % 4], b.at[k / 4][k % 4]));
      }
    }
    for (int64_t k = 0; k < 16; ++k)
      multiply_all<true>({.a = inputs + k * half * padded_in,
                          .row = 1,
                          .pair = padded_in,
                          .b = gradients + k * half * padded,
                          .stride = padded,
                          .pairs = pairs,
                          .out = sums + k * in * winograd_group,
                          .out_row = winograd_group},
                         in, padded / lanes);
  }
}

/// 16 output channels from `channel` on, of one tap of one input channel.
inline __m512 load_filters(const WinogradFilters& f, const float* tap, __mmask16 mask, __m512i lanes_apart) {
  if (f.out_step == 1) return _mm512_maskz_loadu_ps(mask, tap);
  return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), mask, lanes_apart, tap, 4);
}

inline __m512i lanes_apart_by(int64_t step) {
  return _mm512_mullo_epi32(_mm512_set1_epi32(static_cast<int>(step)),
                            _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
}

/// G g Gᵀ.
inline Patch<4> filter_transform(const Patch<3>& g) {
  const __m512 half = _mm512_set1_ps(0.5f);
  const auto spread = [&](__m512 a, __m512 b, __m512 c, __m512& plus, __m512& minus) {
    const __m512 outer = _mm512_mul_ps(half, _mm512_add_ps(a, c)), inner = _mm512_mul_ps(half, b);
    plus = _mm512_add_ps(outer, inner);
    minus = _mm512_sub_ps(outer, inner);
  };
  __m512 rows[4][3];
  for (int x = 0; x < 3; ++x) {
    rows[0][x] = g.at[0][x];
    spread(g.at[0][x], g.at[1][x], g.at[2][x], rows[1][x], rows[2][x]);
    rows[3][x] = g.at[2][x];
  }
  Patch<4> u;
  for (int y = 0; y < 4; ++y) {
    u.at[y][0] = rows[y][0];
    spread(rows[y][0], rows[y][1], rows[y][2], u.at[y][1], u.at[y][2]);
    u.at[y][3] = rows[y][2];
  }
  return u;
}

void transform_filters(const WinogradFilters& given, const float* from, int64_t panel, int64_t first, int64_t last,
                       uint32_t* u) {
  const WinogradFilters f = given;
  const int64_t pairs = f.in / 2, channel = panel * winograd_panel;
  const __m512i apart = lanes_apart_by(f.out_step);
  for (int64_t pair = first; pair < last; ++pair)
    for (int64_t column = 0; column < winograd_panel; column += lanes) {
      const int64_t left = f.out - channel - column;
      const __mmask16 mask = left <= 0 ? static_cast<__mmask16>(0) : mask_at(0, left);
      Patch<4> transformed[2];
      for (int64_t half = 0; half < 2; ++half) {
        const float* filter = from + (channel + column) * f.out_step + (2 * pair + half) * f.in_step;
        Patch<3> g;
        for (int y = 0; y < 3; ++y)
          for (int x = 0; x < 3; ++x)
            g.at[y][x] = load_filters(f, filter + y * f.row_step + x * f.column_step, mask, apart);
        transformed[half] = filter_transform(g);
      }
      for (int k = 0; k < 16; ++k)
        _mm512_storeu_si512(u + ((panel * 16 + k) * pairs + pair) * winograd_panel + column,
                            paired(transformed[0].at[k / 4][k % 4], transformed[1].at[k / 4][k % 4]));
    }
}

void gradient_filters(const WinogradFilters& given, const float* sums, int64_t pieces, int64_t first, int64_t last,
                      float* to) {
  const WinogradFilters f = given;
  const int64_t groups = (f.out + winograd_group - 1) / winograd_group;
  const __m512i apart = lanes_apart_by(f.out_step);
  const __m512 half = _mm512_set1_ps(0.5f);
  for (int64_t c = first; c < last; ++c)
    for (int64_t channel = 0; channel < f.out; channel += lanes) {
      Patch<4> u;
      for (int k = 0; k < 16; ++k) {
        __m512 sum = _mm512_setzero_ps();
        for (int64_t piece = 0; piece < pieces; ++piece)
          sum = _mm512_add_ps(
              sum, _mm512_loadu_ps(
                       sums + (((piece * groups + channel / winograd_group) * 16 + k) * f.in + c) * winograd_group +
                       channel % winograd_group));
        u.at[k / 4][k % 4] = sum;
      }
      __m512 rows[3][4];
      for (int x = 0; x < 4; ++x) {
        const __m512 plus = _mm512_mul_ps(half, _mm512_add_ps(u.at[1][x], u.at[2][x]));
        rows[0][x] = _mm512_add_ps(u.at[0][x], plus);
        rows[1][x] = _mm512_mul_ps(half, _mm512_sub_ps(u.at[1][x], u.at[2][x]));
        rows[2][x] = _mm512_add_ps(plus, u.at[3][x]);
      }
      const __mmask16 mask = mask_at(channel, f.out);
      for (int y = 0; y < 3; ++y) {
        const __m512* r = rows[y];
        const __m512 plus = _mm512_mul_ps(half, _mm512_add_ps(r[1], r[2]));
        const __m512 taps[3] = {_mm512_add_ps(r[0], plus), _mm512_mul_ps(half, _mm512_sub_ps(r[1], r[2])),
                                _mm512_add_ps(plus, r[3])};
        for (int x = 0; x < 3; ++x)
          _mm512_mask_i32scatter_ps(to + channel * f.out_step + c * f.in_step + y * f.row_step + x * f.column_step,
                                    mask, apart, taps[x], 4);
      }
    }
}

}  // namespace

constinit const WinogradKernels avx512bf16_winograd = {.transform_filters = transform_filters,
                                                       .gradient_filters = gradient_filters,
                                                       .forward = forward,
                                                       .weight_gradient = weight_gradient};

}  // namespace tenfold::nn
