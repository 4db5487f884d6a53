#pragma once
// Cross-entropy of rows of scores, and its gradient with smoothed targets (Szegedy et al. 2016, arXiv 1512.00567,
// section 7), in fp32 arithmetic. Included by the kernel files only.

#include "tenfold/text/kernels/attention_body.h"

namespace tenfold::text {
namespace {

inline float number_at(const float* values, int64_t k) { return values[k]; }
inline float number_at(const nn::Bf16* values, int64_t k) {
  const uint32_t bits = static_cast<uint32_t>(values[k].bits) << 16;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// The last vector of a row, `n` of it values and the rest so low that their exponential is 0.
template <class T>
inline Floats load_low(const T* from, int64_t n) {
  float values[vector_width];
  for (int64_t k = 0; k < vector_width; ++k) values[k] = k < n ? number_at(from, k) : -3e38f;
  return load(values);
}

template <class T>
inline float largest_of(const T* row, int64_t n) {
  const int64_t whole = n / vector_width * vector_width;
  Floats most = Floats{} - 3e38f;
  for (int64_t k = 0; k < whole; k += vector_width) most = larger(most, load(row + k));
  if (whole < n) most = larger(most, load_low(row + whole, n - whole));
  float lane[vector_width];
  store(lane, most);
  return largest(lane, vector_width);
}

template <class T>
void scores_forward(const TokenScores& pass, int64_t first, int64_t last) {
  const int64_t n = pass.classes, whole = n / vector_width * vector_width;
  for (int64_t r = first; r < last; ++r) {
    const T* row = static_cast<const T*>(pass.scores) + r * n;
    const float shift = largest_of(row, n), own = number_at(row, pass.target[r]);
    Floats sum{};
    for (int64_t k = 0; k < whole; k += vector_width) sum += exp_below_zero(load(row + k) - shift);
    double total = sum_of(sum);
    for (int64_t k = whole; k < n; ++k) total += static_cast<double>(__builtin_expf(number_at(row, k) - shift));
    pass.log_sums[r] = shift + __builtin_logf(static_cast<float>(total));
    pass.loss[r] = pass.log_sums[r] - own;
    bool right = own == shift;  // of equals the first counts, as argmax has it
    for (int64_t k = 0; right && k < pass.target[r]; ++k) right = number_at(row, k) != own;
    pass.right[r] = right ? 1.0f : 0.0f;
  }
}

/// gradient · (softmax - smoothed target).
template <class T>
void scores_backward(const TokenScores& pass, int64_t first, int64_t last) {
  const int64_t n = pass.classes, whole = n / vector_width * vector_width;
  const float low = pass.smoothing / static_cast<float>(n);
  for (int64_t r = first; r < last; ++r) {
    T* row = static_cast<T*>(pass.scores) + r * n;
    const float slope = pass.gradient[r], sum = pass.log_sums[r];
    const float own = __builtin_expf(number_at(row, pass.target[r]) - sum) - low - (1 - pass.smoothing);
    for (int64_t k = 0; k < whole; k += vector_width)
      store(row + k, (exp_below_zero(load(row + k) - sum) - low) * slope);
    if (whole < n) store(row + whole, (exp_below_zero(load(row + whole, n - whole) - sum) - low) * slope, n - whole);
    float corrected[vector_width] = {own * slope};
    store(row + pass.target[r], load(corrected), 1);
  }
}

}  // namespace
}  // namespace tenfold::text
