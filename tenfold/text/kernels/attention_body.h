#pragma once
// Attention of one sentence and head, in fp32 arithmetic. Vaswani et al. 2017, arXiv 1706.03762, section 3.2.1; back
// again from the log-sums alone, as Dao et al. 2022, arXiv 2205.14135. Sentences are short: keys and values of one fit
// into the nearest cache. Included by the kernel files only.

#include "tenfold/nn/kernels/gelu.h"
#include "tenfold/nn/kernels/lanes.h"
#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {
namespace {

using nn::exp_below_zero;
using nn::Floats;
using nn::load;
using nn::store;
using nn::vector_width;

/// The sum of a vector, in a fixed order.
inline float sum_of(Floats values) {
  float lane[vector_width];
  store(lane, values);
  for (int64_t half = vector_width / 2; half > 0; half /= 2)
    for (int64_t k = 0; k < half; ++k) lane[k] += lane[k + half];
  return lane[0];
}

inline Floats larger(Floats a, Floats b) { return a > b ? a : b; }

inline int64_t padded(int64_t n) { return (n + vector_width - 1) / vector_width * vector_width; }

/// Where one sentence and head lie.
struct Unit {
  int64_t query, queries, key, keys, column, row;
};

inline Unit unit_of(const PackedAttention& pass, int64_t unit) {
  const int64_t sentence = unit / pass.heads, head = unit % pass.heads;
  return {.query = pass.query_starts[sentence],
          .queries = pass.query_starts[sentence + 1] - pass.query_starts[sentence],
          .key = pass.key_starts[sentence],
          .keys = pass.key_starts[sentence + 1] - pass.key_starts[sentence],
          .column = head * pass.width,
          .row = head};
}

/// Keys and values widened, their gradients, and two rows over the keys.
struct Scratch {
  float *keys, *values, *key_gradients, *value_gradients, *row, *second_row;
  Scratch(const PackedAttention& pass, float* memory) {
    const int64_t table = pass.most_keys * pass.width;
    keys = memory;
    values = keys + table;
    key_gradients = values + table;
    value_gradients = key_gradients + table;
    row = value_gradients + table;
    second_row = row + padded(pass.most_keys);
  }
};

inline int64_t attention_scratch(const PackedAttention& pass) {
  return 4 * pass.most_keys * pass.width + 2 * padded(pass.most_keys);
}

template <class T>
inline void widen_rows(const T* from, int64_t stride, int64_t rows, int64_t width, float* to) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < width; c += vector_width) store(to + r * width + c, load(from + r * stride + c));
}

template <class T>
inline void write_rows(const float* from, int64_t rows, int64_t width, T* to, int64_t stride) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < width; c += vector_width) store(to + r * stride + c, load(from + r * width + c));
}

/// products[j] = scale · x · table[j] for j < rows.
template <class T>
inline void products(const T* x, const float* table, int64_t rows, int64_t width, float scale, float* out) {
  for (int64_t j = 0; j < rows; ++j) {
    Floats sum{};
    for (int64_t c = 0; c < width; c += vector_width) sum += load(x + c) * load(table + j * width + c);
    out[j] = sum_of(sum) * scale;
  }
}

/// Turns scores into e^(score - shift), 0 behind the last; returns their sum.
inline float exponentials(float* scores, int64_t n, float shift) {
  for (int64_t j = n; j < padded(n); ++j) scores[j] = shift - 100;  // e^-87 at the most, and then 0
  Floats sum{};
  for (int64_t j = 0; j < n; j += vector_width) {
    const Floats power = exp_below_zero(load(scores + j) - shift);
    store(scores + j, power);
  }
  for (int64_t j = n; j < padded(n); ++j) scores[j] = 0;
  for (int64_t j = 0; j < n; j += vector_width) sum += load(scores + j);
  return sum_of(sum);
}

inline float largest(const float* values, int64_t n) {
  float most = values[0];
  for (int64_t j = 1; j < n; ++j) most = values[j] > most ? values[j] : most;
  return most;
}

template <class T>
void attention_forward(const PackedAttention& pass, void* out, int64_t first, int64_t last, float* memory) {
  const Scratch scratch(pass, memory);
  const int64_t width = pass.width, out_stride = pass.heads * width;
  for (int64_t number = first; number < last; ++number) {
    const Unit unit = unit_of(pass, number);
    const int64_t at = unit.key * pass.key_stride + unit.column;
    widen_rows(static_cast<const T*>(pass.key) + at, pass.key_stride, unit.keys, width, scratch.keys);
    widen_rows(static_cast<const T*>(pass.value) + at, pass.key_stride, unit.keys, width, scratch.values);
    for (int64_t i = 0; i < unit.queries; ++i) {
      const T* query = static_cast<const T*>(pass.query) + (unit.query + i) * pass.query_stride + unit.column;
      const int64_t seen = pass.causal ? i + 1 : unit.keys;
      products(query, scratch.keys, seen, width, pass.scale, scratch.row);
      const float shift = largest(scratch.row, seen), sum = exponentials(scratch.row, seen, shift);
      T* to = static_cast<T*>(out) + (unit.query + i) * out_stride + unit.column;
      for (int64_t c = 0; c < width; c += vector_width) {
        Floats total{};
        for (int64_t j = 0; j < seen; ++j) total += load(scratch.values + j * width + c) * scratch.row[j];
        store(to + c, total / sum);
      }
      pass.log_sums[(unit.query + i) * pass.heads + unit.row] = shift + __builtin_logf(sum);
    }
  }
}

template <class T>
void attention_backward(const PackedAttention& pass, const PackedAttentionGradient& gradient, int64_t first,
                        int64_t last, float* memory) {
  const Scratch scratch(pass, memory);
  const int64_t width = pass.width, out_stride = pass.heads * width;
  for (int64_t number = first; number < last; ++number) {
    const Unit unit = unit_of(pass, number);
    const int64_t at = unit.key * pass.key_stride + unit.column;
    widen_rows(static_cast<const T*>(pass.key) + at, pass.key_stride, unit.keys, width, scratch.keys);
    widen_rows(static_cast<const T*>(pass.value) + at, pass.key_stride, unit.keys, width, scratch.values);
    for (int64_t k = 0; k < unit.keys * width; k += vector_width) {
      store(scratch.key_gradients + k, Floats{});
      store(scratch.value_gradients + k, Floats{});
    }
    for (int64_t i = 0; i < unit.queries; ++i) {
      const int64_t place = (unit.query + i) * pass.query_stride + unit.column;
      const T* query = static_cast<const T*>(pass.query) + place;
      const T* out = static_cast<const T*>(gradient.out) + (unit.query + i) * out_stride + unit.column;
      const int64_t seen = pass.causal ? i + 1 : unit.keys;
      float *weight = scratch.row, *slope = scratch.second_row;
      products(query, scratch.keys, seen, width, pass.scale, weight);
      exponentials(weight, seen, pass.log_sums[(unit.query + i) * pass.heads + unit.row]);
      products(out, scratch.values, seen, width, 1, slope);
      float mean = 0;
      for (int64_t j = 0; j < seen; ++j) mean += weight[j] * slope[j];
      for (int64_t j = 0; j < seen; ++j) slope[j] = weight[j] * (slope[j] - mean) * pass.scale;
      T* to = static_cast<T*>(gradient.query) + place;
      for (int64_t c = 0; c < width; c += vector_width) {
        const Floats own = load(query + c), upstream = load(out + c);
        Floats total{};
        for (int64_t j = 0; j < seen; ++j) {
          const int64_t k = j * width + c;
          total += load(scratch.keys + k) * slope[j];
          store(scratch.key_gradients + k, load(scratch.key_gradients + k) + own * slope[j]);
          store(scratch.value_gradients + k, load(scratch.value_gradients + k) + upstream * weight[j]);
        }
        store(to + c, total);
      }
    }
    write_rows(scratch.key_gradients, unit.keys, width, static_cast<T*>(gradient.key) + at, pass.key_stride);
    write_rows(scratch.value_gradients, unit.keys, width, static_cast<T*>(gradient.value) + at, pass.key_stride);
  }
}

}  // namespace
}  // namespace tenfold::text
