#pragma once
// Largest of 2 x 2, batch norm and GELU: the memory-bound part of small convolution nets. fp32 arithmetic inside.
// Included by the kernel files only.

#include "tenfold/nn/kernels/gelu.h"
#include "tenfold/nn/kernels/norm_body.h"

namespace tenfold::nn {
namespace {

/// A NaN on either side shows.
inline Floats larger(Floats a, Floats b) { return a > b ? a : (b >= a ? b : a + b); }

/// The four values under output pixel `j` of the pair of rows that begins at `row`, channels from c on.
struct Window {
  Floats value[4];
  Floats largest() const { return larger(larger(value[0], value[1]), larger(value[2], value[3])); }
};

template <class T>
inline Window window(const T* row, int64_t width, int64_t channels, int64_t j, int64_t c) {
  const T *upper = row + 2 * j * channels + c, *lower = upper + width * channels;
  return {{load(upper), load(upper + channels), load(lower), load(lower + channels)}};
}

template <class T>
void pool_moments(const PoolForward& given, int64_t from, int64_t to, float* sums, float* squares) {
  const PoolForward pass = given;
  const int64_t channels = pass.channels, out_width = pass.width / 2, out_height = pass.height / 2;
  for (int64_t line = from; line < to; ++line) {
    const int64_t n = line / out_height, i = line % out_height;
    const T* row = static_cast<const T*>(pass.x) + (n * pass.height + 2 * i) * pass.width * channels;
    T* out = static_cast<T*>(pass.pooled) + line * out_width * channels;
    for_columns(channels, [&]<int vectors>(int64_t column) {
      Floats sum[vectors], square[vectors], origin[vectors];
      for (int v = 0; v < vectors; ++v) {
        const int64_t c = column + v * vector_width;
        sum[v] = load(sums + c), square[v] = load(squares + c), origin[v] = load(pass.origin + c);
      }
      for (int64_t j = 0; j < out_width; ++j)
        for (int v = 0; v < vectors; ++v) {
          const int64_t c = column + v * vector_width;
          const Floats most = window(row, pass.width, channels, j, c).largest();
          store(out + j * channels + c, most);
          const Floats away = most - origin[v];
          sum[v] += away;
          square[v] += away * away;
        }
      for (int v = 0; v < vectors; ++v) {
        const int64_t c = column + v * vector_width;
        store(sums + c, sum[v]), store(squares + c, square[v]);
      }
    });
  }
}

template <class T>
void norm_gelu_forward(const NormForward& pass, const Lanes& lanes, int64_t from, int64_t to) {
  const T* x = static_cast<const T*>(pass.x);
  T* y = static_cast<T*>(pass.y);
  const float *mean = pass.mean, *scale = pass.scale, *bias = pass.bias;
  for_rows(lanes, from, to, [=](int64_t at, int64_t c, int64_t n) {
    store(y + at, gelu((load(x + at, n) - load(mean + c)) * load(scale + c) + load(bias + c)).value, n);
  });
}

template <class T>
void norm_gelu_sums(const NormBackward& given, const Lanes& lanes, int64_t from, int64_t to, float* sums,
                    float* products) {
  const NormBackward pass = given;
  const T *values = static_cast<const T*>(pass.x), *gradients = static_cast<const T*>(pass.dy);
  add_columns(lanes, from, to, sums, products,
              [=](int64_t at, int64_t c, int64_t n, Floats& gradient, Floats& product) {
                const Floats away = load(values + at, n) - load(pass.mean + c);
                gradient = load(gradients + at, n) * gelu(away * load(pass.scale + c) + load(pass.bias + c)).slope;
                product = gradient * away;
              });
}

/// The gradient of the norm's input, given that of its output through the GELU.
inline Floats through_norm(const NormBackward& pass, Floats x, Floats dy, int64_t c) {
  const Floats away = x - load(pass.mean + c), scale = load(pass.scale + c);
  Floats dx = dy * gelu(away * scale + load(pass.bias + c)).slope * scale;
  if (pass.slope) dx -= away * load(pass.slope + c) + load(pass.offset + c);
  return dx;
}

template <class T>
void norm_gelu_backward(const NormBackward& given, const Lanes& lanes, int64_t from, int64_t to) {
  const NormBackward pass = given;
  const T *values = static_cast<const T*>(pass.x), *gradients = static_cast<const T*>(pass.dy);
  T* dx = static_cast<T*>(pass.dx);
  for_rows(lanes, from, to, [=](int64_t at, int64_t c, int64_t n) {
    store(dx + at, through_norm(pass, load(values + at, n), load(gradients + at, n), c), n);
  });
}

template <class T>
void pool_norm_gelu_backward(const NormBackward& given, const PoolForward& pool, int64_t from, int64_t to) {
  const NormBackward pass = given;
  const int64_t channels = pool.channels, width = pool.width, out_width = width / 2, out_height = pool.height / 2;
  for (int64_t line = from; line < to; ++line) {
    const int64_t n = line / out_height, i = line % out_height, start = (n * pool.height + 2 * i) * width * channels;
    const T* row = static_cast<const T*>(pool.x) + start;
    const T* dy = static_cast<const T*>(pass.dy) + line * out_width * channels;
    T *upper = static_cast<T*>(pass.dx) + start, *lower = upper + width * channels;
    for (int64_t j = 0; j < out_width; ++j)
      for (int64_t c = 0; c < channels; c += vector_width) {
        const Window seen = window(row, width, channels, j, c);
        const Floats most = seen.largest(), zero = {};
        Floats left = through_norm(pass, most, load(dy + j * channels + c), c);  // goes to the first of the largest
        T* const places[4] = {upper + 2 * j * channels + c, upper + (2 * j + 1) * channels + c,
                              lower + 2 * j * channels + c, lower + (2 * j + 1) * channels + c};
        for (int k = 0; k < 4; ++k) {
          const Floats here = seen.value[k] == most ? left : zero;
          left = seen.value[k] == most ? zero : left;
          store(places[k], here);
        }
      }
    const auto clear = [&](T* begin, int64_t count) { std::memset(begin, 0, static_cast<size_t>(count) * sizeof(T)); };
    if (width % 2 == 1)
      for (T* line_of : {upper, lower}) clear(line_of + (width - 1) * channels, channels);
    if (pool.height % 2 == 1 && i == out_height - 1) clear(lower + width * channels, width * channels);
  }
}

}  // namespace
}  // namespace tenfold::nn
