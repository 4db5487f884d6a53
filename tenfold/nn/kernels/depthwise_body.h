#pragma once
// Depthwise convolution over channels-last images in fp32 arithmetic. Included by the kernel files only.

#include "tenfold/nn/kernels/lanes.h"

namespace tenfold::nn {
namespace {

constexpr int64_t largest_kernel = 7;

/// Calls body.template operator()<n>(c, last) over the channels, n <= most vectors at a time; `last` is how many values
/// of the last vector count.
template <int most = 4, class Body>
inline void for_channels(int64_t channels, Body&& body) {
  int64_t c = 0;
  if constexpr (most >= 4)
    for (; c + 4 * vector_width <= channels; c += 4 * vector_width) body.template operator()<4>(c, vector_width);
  for (; c + 2 * vector_width <= channels; c += 2 * vector_width) body.template operator()<2>(c, vector_width);
  for (; c < channels; c += vector_width) body.template operator()<1>(c, smaller(vector_width, channels - c));
}

/// sum += Σ source[k · step] · weight[k · weight_step] over `count` taps, unrolled.
template <int count, int n, class T>
inline void add_taps(Floats (&sum)[n], const T* source, int64_t step, const float* weight, int64_t weight_step,
                     int64_t last) {
  for (int k = 0; k < count; ++k)
    for (int v = 0; v < n; ++v) {
      const int64_t values = v + 1 < n ? vector_width : last;
      sum[v] += load(source + k * step + v * vector_width, values) *
                load(weight + k * weight_step + v * vector_width, values);
    }
}

template <class T>
void depthwise(const Depthwise& given, int64_t from, int64_t to) {
  const Depthwise pass = given;
  for (int64_t line = from; line < to; ++line) {
    const Taps rows = pass.row_taps[line % pass.out_height];
    const T* image =
        static_cast<const T*>(pass.in) + line / pass.out_height * pass.in_height * pass.in_width * pass.channels;
    T* out = static_cast<T*>(pass.out) + line * pass.out_width * pass.channels;
    const T* sources[largest_kernel];
    const float* weights[largest_kernel];
    for (int64_t r = 0; r < rows.count; ++r) {
      sources[r] = image + (rows.source + r * rows.source_step) * pass.in_width * pass.channels;
      weights[r] = pass.weight + (rows.tap + r * rows.tap_step) * pass.kernel * pass.channels;
    }
    for_channels(pass.channels, [&]<int n>(int64_t c, int64_t last) {
      for (int64_t j = 0; j < pass.out_width; ++j) {
        const Taps columns = pass.column_taps[j];
        const int64_t step = columns.source_step * pass.channels, weight_step = columns.tap_step * pass.channels;
        Floats sum[n] = {};
        if (pass.bias)
          for (int v = 0; v < n; ++v) sum[v] = load(pass.bias + c + v * vector_width, v + 1 < n ? vector_width : last);
        for (int64_t r = 0; r < rows.count; ++r) {
          const T* source = sources[r] + columns.source * pass.channels + c;
          const float* weight = weights[r] + columns.tap * pass.channels + c;
          switch (columns.count) {
            case 1:
              add_taps<1>(sum, source, step, weight, weight_step, last);
              break;
            case 2:
              add_taps<2>(sum, source, step, weight, weight_step, last);
              break;
            case 3:
              add_taps<3>(sum, source, step, weight, weight_step, last);
              break;
            case 4:
              add_taps<4>(sum, source, step, weight, weight_step, last);
              break;
            case 5:
              add_taps<5>(sum, source, step, weight, weight_step, last);
              break;
            case 6:
              add_taps<6>(sum, source, step, weight, weight_step, last);
              break;
            case 7:
              add_taps<7>(sum, source, step, weight, weight_step, last);
              break;
          }
        }
        for (int v = 0; v < n; ++v)
          store(out + j * pass.channels + c + v * vector_width, sum[v], v + 1 < n ? vector_width : last);
      }
    });
  }
}

/// One output row against one row of x: sums[k][c] += Σ_j dy[j][c] · x[j · stride - left + k][c].
template <class T, int kernel, int n>
inline void add_row(const DepthwiseWeight& pass, const T* x, const T* dy, float* sums, int64_t c, int64_t last) {
  Floats sum[kernel][n] = {};
  for (int64_t j = 0; j < pass.out_width; ++j) {
    const int64_t start = j * pass.stride - pass.left;
    Floats gradient[n];
    for (int v = 0; v < n; ++v)
      gradient[v] = load(dy + j * pass.channels + c + v * vector_width, v + 1 < n ? vector_width : last);
    const bool inside = start >= 0 && start + kernel <= pass.width;
    for (int k = 0; k < kernel; ++k) {
      if (!inside && (start + k < 0 || start + k >= pass.width)) continue;
      for (int v = 0; v < n; ++v)
        sum[k][v] +=
            gradient[v] * load(x + (start + k) * pass.channels + c + v * vector_width, v + 1 < n ? vector_width : last);
    }
  }
  for (int k = 0; k < kernel; ++k)
    for (int v = 0; v < n; ++v) {
      float* to = sums + k * pass.channels + c + v * vector_width;
      const int64_t values = v + 1 < n ? vector_width : last;
      store(to, load(to, values) + sum[k][v], values);
    }
}

template <class T, int kernel>
void depthwise_weight_of(const DepthwiseWeight& pass, int64_t from, int64_t to, float* sums) {
  for (int64_t line = from; line < to; ++line) {
    const T* dy = static_cast<const T*>(pass.dy) + line * pass.out_width * pass.channels;
    const T* image = static_cast<const T*>(pass.x) + line / pass.out_height * pass.height * pass.width * pass.channels;
    for (int64_t k = 0; k < kernel; ++k) {
      const int64_t row = line % pass.out_height * pass.stride - pass.top + k;
      if (row < 0 || row >= pass.height) continue;
      const T* x = image + row * pass.width * pass.channels;
      for_channels<kernel <= 5 ? 4 : 2>(pass.channels, [&]<int n>(int64_t c, int64_t last) {  // sums stay in registers
        add_row<T, kernel, n>(pass, x, dy, sums + k * kernel * pass.channels, c, last);
      });
    }
  }
}

template <class T>
void depthwise_weight(const DepthwiseWeight& given, int64_t from, int64_t to, float* sums) {
  const DepthwiseWeight pass = given;
  if (pass.kernel == 3) return depthwise_weight_of<T, 3>(pass, from, to, sums);
  if (pass.kernel == 5) return depthwise_weight_of<T, 5>(pass, from, to, sums);
  depthwise_weight_of<T, 7>(pass, from, to, sums);
}

}  // namespace
}  // namespace tenfold::nn
