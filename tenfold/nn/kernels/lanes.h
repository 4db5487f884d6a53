#pragma once
// Vectors of floats as wide as the instruction set that this file is being compiled for, and how bf16 and fp32 get in
// and out. Included by the kernel files only; everything has internal linkage, since each of them is compiled with
// other flags.

#include <cstdint>
#include <cstring>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

#if defined(__AVX512F__)
constexpr int64_t vector_width = 16;
#elif defined(__AVX2__)
constexpr int64_t vector_width = 8;
#else
constexpr int64_t vector_width = 4;
#endif

using Floats [[gnu::vector_size(vector_width * 4)]] = float;
using Words [[gnu::vector_size(vector_width * 4)]] = uint32_t;
using Halves [[gnu::vector_size(vector_width * 2)]] = uint16_t;

#if defined(__AVX512F__)
// g++ 12 takes several instructions where the processor has one.
inline Words widen(Halves halves) {
  return reinterpret_cast<Words>(_mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(halves)));
}
inline Halves narrow(Words words) {
  return reinterpret_cast<Halves>(_mm512_cvtepi32_epi16(reinterpret_cast<__m512i>(words)));
}
#else
inline Words widen(Halves halves) { return __builtin_convertvector(halves, Words); }
inline Halves narrow(Words words) { return __builtin_convertvector(words, Halves); }
#endif

inline Floats load(const float* from) {
  Floats value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline Floats load(const Bf16* from) {
  Halves halves;
  std::memcpy(&halves, from, sizeof halves);
  return reinterpret_cast<Floats>(widen(halves) << 16);
}

inline void store(float* to, Floats value) { std::memcpy(to, &value, sizeof value); }

/// Rounds to nearest, ties to even; NaN becomes the quiet one.
inline void store(Bf16* to, Floats value) {
  const Words bits = reinterpret_cast<Words>(value);
  const Words rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  const Words quiet = Words{} + 0x7fc0;
  const Halves halves = narrow(value == value ? rounded : quiet);
  std::memcpy(to, &halves, sizeof halves);
}

/// The first n values, 0 < n <= vector_width; the rest 0.
template <class T>
inline Floats load(const T* from, int64_t n) {
  if (n == vector_width) return load(from);
  T values[vector_width] = {};
  std::memcpy(values, from, static_cast<size_t>(n) * sizeof(T));
  return load(values);
}

template <class T>
inline void store(T* to, Floats value, int64_t n) {
  if (n == vector_width) return store(to, value);
  T values[vector_width];
  store(values, value);
  std::memcpy(to, values, static_cast<size_t>(n) * sizeof(T));
}

constexpr int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace
}  // namespace tenfold::nn
