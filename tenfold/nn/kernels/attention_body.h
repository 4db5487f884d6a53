#pragma once
// Attention for the instruction set that the including file is compiled for; see attention.h.

#include <cmath>

#include "tenfold/nn/kernels/attention.h"
#include "tenfold/nn/kernels/drops_body.h"
#include "tenfold/nn/kernels/gelu.h"
#include "tenfold/nn/kernels/small_product.h"

namespace tenfold::nn {
namespace {

constexpr float no_score = -1e30f;  // of the columns beyond the last token

inline float most_of(Floats v) {
  float most = v[0];
  for (int64_t lane = 1; lane < vector_width; ++lane) most = v[lane] > most ? v[lane] : most;
  return most;
}

/// One of queries, keys, values, out, … of a head: token t begins at from + t · stride.
template <class T>
struct HeadRows {
  T* from;
  int64_t stride, depth;
  T* row(int64_t token) const { return from + token * stride; }
};

/// Sizes of a pass, and its scratch cut up: `across` floats a token, `along` a row of scores.
struct AttentionRoom {
  int64_t across, along;
  float* next;
  AttentionRoom(const AttentionPass& p, float* scratch)
      : across(attention_padded(p.depth)), along(attention_padded(p.tokens)), next(scratch) {}
  float* take(int64_t floats) {
    float* taken = next;
    next += floats;
    return taken;
  }
  float* tokens() { return take(across * along); }
};

/// to[token][across] = factor · rows, 0 beyond the last token and the depth.
template <class T>
inline void widen_rows(const HeadRows<const T>& rows, int64_t tokens, float factor, const AttentionRoom& room,
                       float* to) {
  for (int64_t t = 0; t < room.along; ++t, to += room.across)
    for (int64_t d = 0; d < room.across; d += vector_width) {
      const int64_t left = t < tokens ? smaller(vector_width, rows.depth - d) : 0;
      store(to + d, left > 0 ? load(rows.row(t) + d, left) * factor : Floats{});
    }
}

/// to[across][along] = from[along][across], turned.
inline void turn(const float* from, const AttentionRoom& room, float* to) {
  constexpr int64_t block = 16;
  for (int64_t t = 0; t < room.along; t += block)
    for (int64_t d = 0; d < room.across; ++d)
      for (int64_t k = 0; k < block; ++k) to[d * room.along + t + k] = from[(t + k) * room.across + d];
}

template <class T>
inline void narrow_row(const float* from, float factor, T* to, int64_t depth) {
  for (int64_t d = 0; d < depth; d += vector_width)
    store(to + d, load(from + d) * factor, smaller(vector_width, depth - d));
}

template <class T>
inline HeadRows<const T> part_of(const AttentionPass& p, int64_t part) {
  return {static_cast<const T*>(p.qkv) + (part * p.heads + p.head) * p.depth, 3 * p.heads * p.depth, p.depth};
}

/// out[rows][along] = tokens[rows][across] · turned[across][along].
inline void times_turned(const AttentionPass& p, const AttentionRoom& room, const float* tokens, const float* turned,
                         int64_t rows, float* out) {
  small_product<false>({.a = tokens,
                        .row = room.across,
                        .step = 1,
                        .b = turned,
                        .stride = room.along,
                        .count = p.depth,
                        .out = out,
                        .out_row = room.along},
                       rows, room.along);
}

/// out[rows][across] = scores[rows][along] · tokens[along][across].
inline void times_tokens(const AttentionPass& p, const AttentionRoom& room, const float* scores, const float* tokens,
                         int64_t rows, float* out) {
  small_product<false>({.a = scores,
                        .row = room.along,
                        .step = 1,
                        .b = tokens,
                        .stride = room.across,
                        .count = p.tokens,
                        .out = out,
                        .out_row = room.across},
                       rows, room.across);
}

/// Scores of `rows` queries from `first` on, in place of what `scores` held; beyond the last token no_score.
inline void score_rows(const AttentionPass& p, const AttentionRoom& room, const float* queries,
                       const float* keys_turned, int64_t first, int64_t rows, float* scores) {
  times_turned(p, room, queries + first * room.across, keys_turned, rows, scores);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t t = p.tokens; t < room.along; ++t) scores[r * room.along + t] = no_score;
}

template <class T>
void attention_forward(const AttentionPass& given, float* scratch) {
  const AttentionPass p = given;
  AttentionRoom room(p, scratch);
  float *queries = room.tokens(), *keys = room.tokens(), *keys_turned = room.tokens(), *values = room.tokens();
  float *scores = room.take(attention_rows * room.along), *sums = room.take(attention_rows * room.across);
  widen_rows(part_of<T>(p, 0), p.tokens, p.scale, room, queries);
  widen_rows(part_of<T>(p, 1), p.tokens, 1, room, keys);
  widen_rows(part_of<T>(p, 2), p.tokens, 1, room, values);
  turn(keys, room, keys_turned);
  const HeadRows<T> out{static_cast<T*>(p.out) + p.head * p.depth, p.heads * p.depth, p.depth};
  for (int64_t first = 0; first < p.tokens; first += attention_rows) {
    const int64_t rows = smaller(attention_rows, p.tokens - first);
    score_rows(p, room, queries, keys_turned, first, rows, scores);
    float whole[attention_rows];
    for (int64_t r = 0; r < rows; ++r) {
      float* row = scores + r * room.along;
      Floats high = load(row);
      for (int64_t t = vector_width; t < room.along; t += vector_width) {
        const Floats here = load(row + t);
        high = here > high ? here : high;
      }
      const float most = most_of(high);
      const KeepRow keep(p.drops, p.first_row + first + r);
      Floats sum = {};
      for (int64_t t = 0; t < room.along; t += vector_width) {
        const Floats weight = exp_below_zero(load(row + t) - most);
        sum += weight;
        store(row + t, p.drops.below ? weight * keep.at(t) : weight);
      }
      whole[r] = sum_of(sum);
      p.log_sums[first + r] = most + std::log(whole[r]);
    }
    times_tokens(p, room, scores, values, rows, sums);
    for (int64_t r = 0; r < rows; ++r) narrow_row(sums + r * room.across, 1 / whole[r], out.row(first + r), p.depth);
  }
}

template <class T>
void attention_backward(const AttentionPass& given, float* scratch) {
  const AttentionPass p = given;
  AttentionRoom room(p, scratch);
  float *queries = room.tokens(), *keys = room.tokens(), *keys_turned = room.tokens(), *values_turned = room.tokens(),
        *dout = room.tokens(), *dkeys = room.tokens(), *dvalues = room.tokens(), *turned_from = room.tokens();
  float *weights = room.take(attention_rows * room.along), *slopes = room.take(attention_rows * room.along),
        *sums = room.take(attention_rows * room.across);
  const HeadRows<const T> out{static_cast<const T*>(p.out) + p.head * p.depth, p.heads * p.depth, p.depth};
  const HeadRows<const T> gradient{static_cast<const T*>(p.dout) + p.head * p.depth, p.heads * p.depth, p.depth};
  const auto to = [&](int64_t part) {
    return HeadRows<T>{static_cast<T*>(p.dqkv) + (part * p.heads + p.head) * p.depth, 3 * p.heads * p.depth, p.depth};
  };
  widen_rows(part_of<T>(p, 0), p.tokens, p.scale, room, queries);
  widen_rows(part_of<T>(p, 1), p.tokens, 1, room, keys);
  turn(keys, room, keys_turned);
  widen_rows(part_of<T>(p, 2), p.tokens, 1, room, turned_from);
  turn(turned_from, room, values_turned);
  widen_rows(gradient, p.tokens, 1, room, dout);
  for (int64_t k = 0; k < room.across * room.along; k += vector_width) {
    store(dkeys + k, Floats{});
    store(dvalues + k, Floats{});
  }
  for (int64_t first = 0; first < p.tokens; first += attention_rows) {
    const int64_t rows = smaller(attention_rows, p.tokens - first);
    score_rows(p, room, queries, keys_turned, first, rows, weights);
    times_turned(p, room, dout + first * room.across, values_turned, rows, slopes);
    for (int64_t r = 0; r < rows; ++r) {
      // Σ over columns of weight · slope, which is that of out · dout.
      Floats product = {};
      for (int64_t d = 0; d < p.depth; d += vector_width)
        product += load(out.row(first + r) + d, smaller(vector_width, p.depth - d)) *
                   load(dout + (first + r) * room.across + d);
      const float mean = sum_of(product), log_sum = p.log_sums[first + r];
      const KeepRow keep(p.drops, p.first_row + first + r);
      float *weight_row = weights + r * room.along, *slope_row = slopes + r * room.along;
      for (int64_t t = 0; t < room.along; t += vector_width) {
        const Floats weight = exp_below_zero(load(weight_row + t) - log_sum);
        const Floats kept = p.drops.below ? keep.at(t) : Floats{} + 1.0f;
        store(slope_row + t, weight * (load(slope_row + t) * kept - mean));
        store(weight_row + t, weight * kept);
      }
    }
    const auto into_tokens = [&](const float* a, const float* b, float* into) {
      small_product<true>({.a = a,
                           .row = 1,
                           .step = room.along,
                           .b = b + first * room.across,
                           .stride = room.across,
                           .count = rows,
                           .out = into,
                           .out_row = room.across},
                          p.tokens, room.across);
    };
    into_tokens(weights, dout, dvalues);
    into_tokens(slopes, queries, dkeys);
    times_tokens(p, room, slopes, keys, rows, sums);
    for (int64_t r = 0; r < rows; ++r) narrow_row(sums + r * room.across, p.scale, to(0).row(first + r), p.depth);
  }
  for (int64_t t = 0; t < p.tokens; ++t) {
    narrow_row(dkeys + t * room.across, 1, to(1).row(t), p.depth);
    narrow_row(dvalues + t * room.across, 1, to(2).row(t), p.depth);
  }
}

}  // namespace
}  // namespace tenfold::nn
