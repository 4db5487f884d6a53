#pragma once
// The Gaussian error linear unit and its slope, from one exponential: x·Φ(x), Hendrycks & Gimpel 2016, arXiv
// 1606.08415. Φ by the rational approximation 7.1.26 of Abramowitz & Stegun 1964, off by 1.5e-7 at the most. Included
// by the kernel files only.

#include "tenfold/nn/kernels/lanes.h"

namespace tenfold::nn {
namespace {

/// e^x for x <= 0, to two units in the last place; e^-87 below -87. A NaN stays one.
inline Floats exp_below_zero(Floats x) {
  constexpr float log2_e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  constexpr float to_whole = 12582912.0f;  // 1.5 · 2^23: adding it leaves the nearest whole number in the low bits
  const Floats lowest = Floats{} - 87.0f;
  const Floats inside = x < lowest ? lowest : x;
  const Floats shifted = inside * log2_e + to_whole, whole = shifted - to_whole;
  const Floats rest = inside - whole * ln2_high - whole * ln2_low;
  // Minimax on [-ln 2 / 2, ln 2 / 2], as in Cephes' expf.
  Floats p = rest * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * rest + 8.3334519073e-3f;
  p = p * rest + 4.1665795894e-2f;
  p = p * rest + 1.6666665459e-1f;
  p = p * rest + 5.0000001201e-1f;
  p = p * rest * rest + rest + 1.0f;
  const Words power = (reinterpret_cast<Words>(shifted) + (127u - 0x4b400000u)) << 23;
  return p * reinterpret_cast<Floats>(power);
}

struct Gelu {
  Floats value, slope;
};

inline Gelu gelu(Floats x) {
  const Floats zero = {};
  const Floats size = (x < zero ? -x : x) * 0.70710678f;
  const Floats bell = exp_below_zero(size * -size);  // e^(-x²/2)
  const Floats k = 1.0f / (size * 0.3275911f + 1.0f);
  Floats p = k * 1.061405429f - 1.453152027f;
  p = p * k + 1.421413741f;
  p = p * k - 0.284496736f;
  p = p * k + 0.254829592f;
  const Floats tail = p * k * bell * 0.5f;  // Φ(-|x|)
  const Floats share = x < zero ? tail : 1.0f - tail;
  return {x * share, share + x * bell * 0.39894228f};
}

}  // namespace
}  // namespace tenfold::nn
