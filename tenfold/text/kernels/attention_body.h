#pragma once
// Attention of one sentence and head, in fp32 arithmetic. Vaswani et al. 2017, arXiv 1706.03762, section 3.2.1; back
// again from the log-sums alone, as Dao et al. 2022, arXiv 2205.14135. Sentences are short: keys and values of one fit
// into the nearest cache. Included by the kernel files only.

#include "tenfold/nn/kernels/gelu.h"
#include "tenfold/nn/kernels/lanes.h"
#include "tenfold/nn/kernels/small_product.h"
#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {
namespace {

using nn::exp_below_zero;
using nn::Floats;
using nn::load;
using nn::small_product;
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
  int64_t query, queries, key, keys, column, head;
  int64_t along() const { return padded(keys); }
};

inline Unit unit_of(const PackedAttention& pass, int64_t unit) {
  const int64_t sentence = unit / pass.heads, head = unit % pass.heads;
  return {.query = pass.query_starts[sentence],
          .queries = pass.query_starts[sentence + 1] - pass.query_starts[sentence],
          .key = pass.key_starts[sentence],
          .keys = pass.key_starts[sentence + 1] - pass.key_starts[sentence],
          .column = head * pass.width,
          .head = head};
}

/// Tables of one unit: rows of numbers, and [queries, keys] with rows padded to whole vectors.
struct Scratch {
  float *queries, *keys, *values, *upstream, *turned, *sums, *weights, *slopes;
  Scratch(const PackedAttention& pass, float* memory) {
    const int64_t along = padded(pass.most_keys), most = most_rows(pass);
    const auto take = [&](int64_t numbers) {
      float* taken = memory;
      memory += numbers;
      return taken;
    };
    queries = take(pass.most_queries * pass.width);
    keys = take(pass.most_keys * pass.width);
    values = take(pass.most_keys * pass.width);
    upstream = take(pass.most_queries * pass.width);
    turned = take(along * pass.width);
    sums = take(most * pass.width);
    weights = take(pass.most_queries * along);
    slopes = take(pass.most_queries * along);
  }
  static int64_t most_rows(const PackedAttention& pass) {
    return pass.most_queries > pass.most_keys ? pass.most_queries : pass.most_keys;
  }
};

inline int64_t attention_scratch(const PackedAttention& pass) {
  const int64_t along = padded(pass.most_keys);
  return (2 * pass.most_queries + 2 * pass.most_keys + along + Scratch::most_rows(pass)) * pass.width +
         2 * pass.most_queries * along;
}

template <class T>
inline void widen_rows(const void* from, int64_t stride, int64_t rows, int64_t width, float factor, float* to) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < width; c += vector_width)
      store(to + r * width + c, load(static_cast<const T*>(from) + r * stride + c) * factor);
}

template <class T>
inline void write_rows(const float* from, int64_t rows, int64_t width, float factor, void* to, int64_t stride) {
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < width; c += vector_width)
      store(static_cast<T*>(to) + r * stride + c, load(from + r * width + c) * factor);
}

/// [rows, width] → [width, padded rows], zeros behind.
inline void turn(const float* from, int64_t rows, int64_t width, float* to) {
  const int64_t along = padded(rows);
  for (int64_t c = 0; c < width; ++c) {
    for (int64_t r = 0; r < rows; ++r) to[c * along + r] = from[r * width + c];
    for (int64_t r = rows; r < along; ++r) to[c * along + r] = 0;
  }
}

/// out [rows, along] = a [rows, width] · the turned table.
inline void against_turned(const float* a, const float* turned, int64_t rows, int64_t width, int64_t along,
                           float* out) {
  small_product<false>(
      {.a = a, .row = width, .step = 1, .b = turned, .stride = along, .count = width, .out = out, .out_row = along},
      rows, along);
}

/// out [queries, width] = weights [queries, along] · table [keys, width].
inline void weighted(const Unit& unit, const float* weights, const float* table, int64_t width, float* out) {
  small_product<false>({.a = weights,
                        .row = unit.along(),
                        .step = 1,
                        .b = table,
                        .stride = width,
                        .count = unit.keys,
                        .out = out,
                        .out_row = width},
                       unit.queries, width);
}

/// out [keys, width] = the transpose of weights · table [queries, width].
inline void weighted_back(const Unit& unit, const float* weights, const float* table, int64_t width, float* out) {
  small_product<false>({.a = weights,
                        .row = 1,
                        .step = unit.along(),
                        .b = table,
                        .stride = width,
                        .count = unit.queries,
                        .out = out,
                        .out_row = width},
                       unit.keys, width);
}

inline int64_t seen_by(const PackedAttention& pass, const Unit& unit, int64_t query) {
  return pass.causal ? query + 1 : unit.keys;
}

/// Turns scores into e^(score - shift), 0 behind the first `seen`; returns their sum.
inline float exponentials(float* scores, int64_t seen, int64_t along, float shift) {
  for (int64_t j = seen; j < along; ++j) scores[j] = shift;
  Floats sum{};
  for (int64_t j = 0; j < along; j += vector_width) {
    Floats power = exp_below_zero(load(scores + j) - shift);
    for (int64_t lane = seen - j > 0 ? seen - j : 0; lane < vector_width; ++lane) power[lane] = 0;
    store(scores + j, power);
    sum += power;
  }
  return sum_of(sum);
}

inline float largest(const float* values, int64_t n) {
  float most = values[0];
  for (int64_t j = 1; j < n; ++j) most = values[j] > most ? values[j] : most;
  return most;
}

template <class T>
inline const void* at(const void* rows, int64_t row, int64_t stride, int64_t column) {
  return static_cast<const T*>(rows) + row * stride + column;
}
template <class T>
inline void* at(void* rows, int64_t row, int64_t stride, int64_t column) {
  return static_cast<T*>(rows) + row * stride + column;
}

template <class T>
void attention_forward(const PackedAttention& pass, void* out, int64_t first, int64_t last, float* memory) {
  const Scratch s(pass, memory);
  const int64_t width = pass.width, out_stride = pass.heads * width;
  for (int64_t number = first; number < last; ++number) {
    const Unit unit = unit_of(pass, number);
    const int64_t along = unit.along();
    widen_rows<T>(at<T>(pass.query, unit.query, pass.query_stride, unit.column), pass.query_stride, unit.queries, width,
                  pass.scale, s.queries);
    widen_rows<T>(at<T>(pass.key, unit.key, pass.key_stride, unit.column), pass.key_stride, unit.keys, width, 1,
                  s.keys);
    widen_rows<T>(at<T>(pass.value, unit.key, pass.key_stride, unit.column), pass.key_stride, unit.keys, width, 1,
                  s.values);
    turn(s.keys, unit.keys, width, s.turned);
    against_turned(s.queries, s.turned, unit.queries, width, along, s.weights);
    for (int64_t i = 0; i < unit.queries; ++i) {
      float* row = s.weights + i * along;
      const int64_t seen = seen_by(pass, unit, i);
      const float shift = largest(row, seen), sum = exponentials(row, seen, along, shift);
      for (int64_t j = 0; j < along; j += vector_width) store(row + j, load(row + j) / sum);
      pass.log_sums[(unit.query + i) * pass.heads + unit.head] = shift + __builtin_logf(sum);
    }
    weighted(unit, s.weights, s.values, width, s.sums);
    write_rows<T>(s.sums, unit.queries, width, 1, at<T>(out, unit.query, out_stride, unit.column), out_stride);
  }
}

template <class T>
void attention_backward(const PackedAttention& pass, const PackedAttentionGradient& gradient, int64_t first,
                        int64_t last, float* memory) {
  const Scratch s(pass, memory);
  const int64_t width = pass.width, out_stride = pass.heads * width;
  for (int64_t number = first; number < last; ++number) {
    const Unit unit = unit_of(pass, number);
    const int64_t along = unit.along();
    widen_rows<T>(at<T>(pass.query, unit.query, pass.query_stride, unit.column), pass.query_stride, unit.queries, width,
                  pass.scale, s.queries);
    widen_rows<T>(at<T>(pass.key, unit.key, pass.key_stride, unit.column), pass.key_stride, unit.keys, width, 1,
                  s.keys);
    widen_rows<T>(at<T>(pass.value, unit.key, pass.key_stride, unit.column), pass.key_stride, unit.keys, width, 1,
                  s.values);
    widen_rows<T>(at<T>(gradient.out, unit.query, out_stride, unit.column), out_stride, unit.queries, width, 1,
                  s.upstream);
    turn(s.keys, unit.keys, width, s.turned);
    against_turned(s.queries, s.turned, unit.queries, width, along, s.weights);
    turn(s.values, unit.keys, width, s.turned);
    against_turned(s.upstream, s.turned, unit.queries, width, along, s.slopes);
    for (int64_t i = 0; i < unit.queries; ++i) {
      float *weight = s.weights + i * along, *slope = s.slopes + i * along;
      exponentials(weight, seen_by(pass, unit, i), along, pass.log_sums[(unit.query + i) * pass.heads + unit.head]);
      Floats products{};
      for (int64_t j = 0; j < along; j += vector_width) products += load(weight + j) * load(slope + j);
      const float mean = sum_of(products);
      for (int64_t j = 0; j < along; j += vector_width) store(slope + j, load(weight + j) * (load(slope + j) - mean));
    }
    weighted(unit, s.slopes, s.keys, width, s.sums);
    write_rows<T>(s.sums, unit.queries, width, pass.scale,
                  at<T>(gradient.query, unit.query, pass.query_stride, unit.column), pass.query_stride);
    weighted_back(unit, s.slopes, s.queries, width, s.sums);  // the queries are scaled already
    write_rows<T>(s.sums, unit.keys, width, 1, at<T>(gradient.key, unit.key, pass.key_stride, unit.column),
                  pass.key_stride);
    weighted_back(unit, s.weights, s.upstream, width, s.sums);
    write_rows<T>(s.sums, unit.keys, width, 1, at<T>(gradient.value, unit.key, pass.key_stride, unit.column),
                  pass.key_stride);
  }
}

}  // namespace
}  // namespace tenfold::text
