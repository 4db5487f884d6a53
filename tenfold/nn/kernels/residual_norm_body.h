#pragma once
// Residual norm for the instruction set that the including file is compiled for; see residual_norm.h.

#include <cmath>

#include "tenfold/nn/kernels/drops_body.h"
#include "tenfold/nn/kernels/residual_norm.h"

namespace tenfold::nn {
namespace {

/// 1 in the first n lanes, 0 behind.
inline Floats lanes_before(int64_t n) {
  float ones[vector_width];
  for (int64_t lane = 0; lane < vector_width; ++lane) ones[lane] = lane < n ? 1.0f : 0.0f;
  return load(ones);
}

template <class T>
void residual_norm_forward(const ResidualNormForward& given, int64_t first, int64_t last) {
  const ResidualNormForward p = given;
  const auto share = 1 / static_cast<float>(p.channels);
  for (int64_t r = first; r < last; ++r) {
    const auto *x = static_cast<const T*>(p.x) + r * p.channels,
               *branch = static_cast<const T*>(p.branch) + r * p.channels;
    auto *sum = static_cast<T*>(p.sum) + r * p.channels, *y = static_cast<T*>(p.y) + r * p.channels;
    const KeepRow keep(p.drops, r);
    Floats total = {};
    for (int64_t c = 0; c < p.channels; c += vector_width) {
      const int64_t n = smaller(vector_width, p.channels - c);
      const Floats here = load(branch + c, n);
      store(sum + c, load(x + c, n) + (p.drops.below ? here * keep.at(c) : here), n);
      total += load(sum + c, n);  // as it was rounded, since that is what is normalised
    }
    const float mean = sum_of(total) * share;
    Floats squares = {};
    for (int64_t c = 0; c < p.channels; c += vector_width) {
      const int64_t n = smaller(vector_width, p.channels - c);
      Floats apart = load(sum + c, n) - mean;
      if (n < vector_width) apart *= lanes_before(n);
      squares += apart * apart;
    }
    const float scale = 1 / std::sqrt(sum_of(squares) * share + p.eps);
    for (int64_t c = 0; c < p.channels; c += vector_width) {
      const int64_t n = smaller(vector_width, p.channels - c);
      store(y + c, (load(sum + c, n) - mean) * scale * load(p.weight + c, n) + load(p.bias + c, n), n);
    }
    p.mean[r] = mean;
    p.scale[r] = scale;
  }
}

template <class T>
void residual_norm_backward(const ResidualNormBackward& given, int64_t first, int64_t last, float* dweight,
                            float* dbias) {
  const ResidualNormBackward p = given;
  const auto share = 1 / static_cast<float>(p.channels);
  for (int64_t r = first; r < last; ++r) {
    const auto *dy = static_cast<const T*>(p.dy) + r * p.channels, *sum = static_cast<const T*>(p.sum) + r * p.channels;
    auto *dx = static_cast<T*>(p.dx) + r * p.channels, *dbranch = static_cast<T*>(p.dbranch) + r * p.channels;
    const float mean = p.mean[r], scale = p.scale[r];
    const KeepRow keep(p.drops, r);
    Floats slopes = {}, products = {};
    for (int64_t c = 0; c < p.channels; c += vector_width) {
      const int64_t n = smaller(vector_width, p.channels - c);
      const Floats gradient = load(dy + c, n), unit = (load(sum + c, n) - mean) * scale;
      const Floats slope = gradient * load(p.weight + c, n);  // 0 beyond the channels, as the gradient is
      slopes += slope;
      products += slope * unit;
      store(dweight + c, load(dweight + c, n) + gradient * unit, n);
      store(dbias + c, load(dbias + c, n) + gradient, n);
    }
    const float mean_slope = sum_of(slopes) * share, mean_product = sum_of(products) * share;
    for (int64_t c = 0; c < p.channels; c += vector_width) {
      const int64_t n = smaller(vector_width, p.channels - c);
      const Floats unit = (load(sum + c, n) - mean) * scale, slope = load(dy + c, n) * load(p.weight + c, n);
      const Floats gradient = (slope - mean_slope - unit * mean_product) * scale;
      store(dx + c, gradient, n);
      store(dbranch + c, p.drops.below ? gradient * keep.at(c) : gradient, n);
    }
  }
}

}  // namespace
}  // namespace tenfold::nn
