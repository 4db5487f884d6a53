#pragma once
// Dropout together with what stands beside it. Hinton et al. 2012, arXiv 1207.0580. Included by the kernel files only.

#include "tenfold/nn/kernels/drops_body.h"
#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {
namespace {

/// out = f(x, branch) under the mask: calls f(x, branch, mask) a vector at a time.
template <class T, class F>
inline void for_dropped(const DroppedRows& pass, int64_t first, int64_t last, F&& f) {
  for (int64_t row = first; row < last; ++row) {
    const nn::KeepRow keep(pass.drops, row);
    const int64_t start = row * pass.width;
    for (int64_t c = 0; c < pass.width; c += nn::vector_width) {
      const int64_t n = nn::smaller(nn::vector_width, pass.width - c);
      const nn::Floats x = pass.x ? nn::load(static_cast<const T*>(pass.x) + start + c, n) : nn::Floats{};
      const nn::Floats branch = nn::load(static_cast<const T*>(pass.branch) + start + c, n);
      nn::store(static_cast<T*>(pass.out) + start + c, f(x, branch, keep.at(c)), n);
    }
  }
}

template <class T>
void dropped_sum(const DroppedRows& pass, int64_t first, int64_t last) {
  for_dropped<T>(pass, first, last, [](nn::Floats x, nn::Floats branch, nn::Floats mask) { return x + branch * mask; });
}

template <class T>
void dropped_relu(const DroppedRows& pass, int64_t first, int64_t last) {
  const nn::Floats zero{};
  for_dropped<T>(pass, first, last, [&](nn::Floats, nn::Floats branch, nn::Floats mask) {
    return (branch > zero ? branch : zero) * mask;
  });
}

template <class T>
void dropped_relu_backward(const DroppedRows& pass, int64_t first, int64_t last) {
  const nn::Floats zero{};
  const nn::Floats kept = zero + pass.drops.kept;  // a row's mask is in x already
  const int64_t from = first * pass.width, to = last * pass.width;
  for (int64_t k = from; k < to; k += nn::vector_width) {
    const int64_t n = nn::smaller(nn::vector_width, to - k);
    const nn::Floats x = nn::load(static_cast<const T*>(pass.x) + k, n);
    const nn::Floats gradient = nn::load(static_cast<const T*>(pass.branch) + k, n);
    nn::store(static_cast<T*>(pass.out) + k, x > zero ? gradient * kept : zero, n);
  }
}

}  // namespace
}  // namespace tenfold::text
