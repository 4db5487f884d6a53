// Products of bf16, LSTM steps and softmax for AVX512-BF16. Nothing else belongs in this file: its flags hold for all
// that is compiled in it.

#include <algorithm>
#include <cstring>
#include <limits>

#include "tenfold/nn/kernels/bf16_products.h"
#include "tenfold/nn/kernels/lstm_body.h"
#include "tenfold/nn/kernels/pair_product.h"

namespace tenfold::nn {

extern const Bf16Products avx512bf16_products;

namespace {

constexpr int64_t kPairs = 128;  // of a panel at a time: 32 KiB, which the first-level cache holds while all rows pass

inline uint32_t word(const Bf16* at) {
  uint32_t two;
  std::memcpy(&two, at, sizeof two);
  return two;
}

void pack_gates(const Bf16* weight, int64_t width, int64_t panel, uint32_t* to) {
  const int64_t pairs = width / 2, unit = panel * lstm_panel, units = std::min(lstm_panel, width - unit);
  constexpr int64_t strip = 16;  // pairs: a cache line of every row
  for (int64_t from = 0; from < pairs; from += strip) {
    const int64_t until = std::min(pairs, from + strip);
    for (int64_t column = 0; column < product_panel; ++column) {
      const int64_t gate = column / lstm_panel, u = column % lstm_panel;
      const Bf16* row = weight + (gate * width + unit + u) * width;
      for (int64_t p = from; p < until; ++p) to[p * product_panel + column] = u < units ? word(row + 2 * p) : 0;
    }
  }
}

/// Element c of each vector: the even row's bits below, the odd row's above.
inline __m512i interleaved(__m256i even, __m256i odd) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(even), _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16));
}

void pack(const Bf16* matrix, int64_t rows, int64_t columns, int64_t panel, int64_t pairs, uint32_t* to) {
  const int64_t first = panel * product_panel, count = std::min(product_panel, columns - first);
  for (int64_t p = 0; p < pairs; ++p, to += product_panel) {
    const Bf16 *even = matrix + 2 * p * columns + first, *odd = even + columns;
    for (int64_t c = 0; c < product_panel; c += lanes) {
      const __mmask16 inside = count > c ? mask_at(c, count) : __mmask16{0};
      const __mmask16 low = 2 * p < rows ? inside : __mmask16{0}, high = 2 * p + 1 < rows ? inside : __mmask16{0};
      _mm512_storeu_si512(
          to + c, interleaved(_mm256_maskz_loadu_epi16(low, even + c), _mm256_maskz_loadu_epi16(high, odd + c)));
    }
  }
}

void pack_transposed(const Bf16* matrix, int64_t rows, int64_t columns, int64_t panel, uint32_t* to) {
  const int64_t first = panel * product_panel, count = std::min(product_panel, rows - first), pairs = columns / 2;
  constexpr int64_t strip = 16;
  for (int64_t from = 0; from < pairs; from += strip) {
    const int64_t until = std::min(pairs, from + strip);
    for (int64_t c = 0; c < product_panel; ++c) {
      const Bf16* row = matrix + (first + c) * columns;
      for (int64_t p = from; p < until; ++p) to[p * product_panel + c] = c < count ? word(row + 2 * p) : 0;
    }
  }
}

/// out [rows][64] = the rows of `left`, `pairs` words each, times a packed panel.
void multiply_panel(const Bf16* left, int64_t rows, int64_t pairs, const uint32_t* packed, float* out) {
  for (int64_t from = 0; from < pairs; from += kPairs) {
    const Product part{.a = reinterpret_cast<const uint32_t*>(left) + from,
                       .row = pairs,
                       .pair = 1,
                       .b = packed + from * product_panel,
                       .stride = product_panel,
                       .pairs = std::min(kPairs, pairs - from),
                       .out = out,
                       .out_row = product_panel};
    if (from == 0)
      multiply_all<false>(part, rows, product_panel / lanes);
    else
      multiply_all<true>(part, rows, product_panel / lanes);
  }
}

void step_forward(const LstmForward& given, const Bf16* hidden, int64_t batch, const uint32_t* packed, int64_t panel,
                  float* scratch) {
  const LstmForward pass = given;
  multiply_panel(hidden, batch, pass.width / 2, packed, scratch);
  const int64_t unit = panel * lstm_panel, n = smaller(lstm_panel, pass.width - unit);
  for (int64_t row = 0; row < batch; ++row) {
    const float* sums = scratch + row * product_panel;
    Gates gates = load_gates(static_cast<const Bf16*>(pass.gates) + row * 4 * pass.width + unit, pass.width, n);
    gates.input += load(sums);
    gates.forget += load(sums + lstm_panel);
    gates.candidate += load(sums + 2 * lstm_panel);
    gates.output += load(sums + 3 * lstm_panel);
    lstm_unit<Bf16>(pass, row, unit, n, gates);
  }
}

void step_backward(const LstmBackward& given, const Bf16* dgates_after, int64_t batch, const uint32_t* packed,
                   int64_t panel, float* scratch) {
  const LstmBackward pass = given;
  multiply_panel(dgates_after, batch, 2 * pass.width, packed, scratch);
  const int64_t first = panel * product_panel, last = smaller(pass.width, first + product_panel);
  for (int64_t row = 0; row < batch; ++row)
    for (int64_t unit = first; unit < last; unit += vector_width) {
      const int64_t n = smaller(vector_width, last - unit);
      const Floats dhidden = load(scratch + row * product_panel + unit - first) +
                             load(static_cast<const Bf16*>(pass.dy) + row * pass.width + unit, n);
      lstm_unit_back<Bf16>(pass, row, unit, n, dhidden);
    }
}

/// e^x for any x up to 80, above which it is e^80. A NaN stays one.
inline Floats exponential(Floats x) {
  const Floats highest = Floats{} + 80.0f;
  return exp_below_zero(x > highest ? highest : x);
}

inline float sum_of(Floats values) { return _mm512_reduce_add_ps(reinterpret_cast<__m512>(values)); }
inline float largest_of(Floats values) { return _mm512_reduce_max_ps(reinterpret_cast<__m512>(values)); }

void softmax(const SoftmaxBlock& given, float* scratch) {
  const SoftmaxBlock b = given;
  constexpr float none = -std::numeric_limits<float>::infinity();
  for (int64_t row = 0; row < b.rows; ++row) b.rest[row] = 0, b.largest[row] = none;
  for (int64_t first = 0; first < softmax_block; first += product_panel) {
    const int64_t words = std::clamp<int64_t>(b.words - first, 0, product_panel);
    if (words > 0) multiply_panel(b.h, b.rows, b.pairs, b.packed + first * b.pairs, scratch);
    for (int64_t row = 0; row < b.rows; ++row) {
      const float* products = scratch + row * product_panel;
      Bf16* e = b.e ? b.e + row * softmax_block + first : nullptr;
      const int64_t target = b.target[row] - first;
      Floats sum = {}, largest = Floats{} + none;
      for (int64_t c = 0; c < product_panel; c += lanes) {
        const int64_t n = std::clamp<int64_t>(words - c, 0, lanes);
        if (n == 0) {
          if (e) store(e + c, Floats{});
          continue;
        }
        Floats logits = load(products + c);
        if (b.bias) logits += load(b.bias + first + c, n);
        auto counted = n == lanes ? __mmask16{0xffff} : static_cast<__mmask16>((1u << n) - 1);
        if (target >= c && target < c + lanes) {
          b.own[row] = logits[target - c];
          counted = static_cast<__mmask16>(counted & ~(1u << (target - c)));
        }
        const auto shares = _mm512_maskz_mov_ps(counted, reinterpret_cast<__m512>(exponential(logits - b.origin[row])));
        const auto seen = _mm512_mask_mov_ps(_mm512_set1_ps(none), counted, reinterpret_cast<__m512>(logits));
        sum += reinterpret_cast<Floats>(shares);
        largest = reinterpret_cast<Floats>(_mm512_max_ps(reinterpret_cast<__m512>(largest), seen));
        if (e) store(e + c, reinterpret_cast<Floats>(shares));
      }
      b.rest[row] += sum_of(sum);
      b.largest[row] = std::max(b.largest[row], largest_of(largest));
    }
  }
}

void weighed_sums(const Bf16* e, int64_t rows, int64_t step, const float* weight, float* sums) {
  Floats total[product_panel / lanes] = {};
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t c = 0; c < product_panel / lanes; ++c) total[c] += load(e + row * step + c * lanes) * weight[row];
  for (int64_t c = 0; c < product_panel / lanes; ++c) store(sums + c * lanes, total[c]);
}

void multiply_pairs(const PairProduct& p) {
  for (int64_t from = 0; from < p.pairs; from += kPairs)
    multiply_all<true>({.a = p.left + from * p.pair_step,
                        .row = p.row_step,
                        .pair = p.pair_step,
                        .b = p.right + from * product_panel,
                        .stride = product_panel,
                        .pairs = std::min(kPairs, p.pairs - from),
                        .out = p.out,
                        .out_row = p.out_step},
                       p.rows, p.vectors);
}

}  // namespace

constinit const Bf16Products avx512bf16_products{.pack_gates = pack_gates,
                                                 .pack = pack,
                                                 .pack_transposed = pack_transposed,
                                                 .lstm_forward = step_forward,
                                                 .lstm_backward = step_backward,
                                                 .softmax = softmax,
                                                 .weighed_sums = weighed_sums,
                                                 .multiply = multiply_pairs};

}  // namespace tenfold::nn
