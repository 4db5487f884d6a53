#pragma once
// The kernels for the instruction set that the including file is compiled for. Rows go through in blocks whose arrays
// stay in the nearest cache and whose loops have a fixed length, which compilers turn into vectors. Everything has
// internal linkage, since each including file is compiled with other flags.

#include <cstdint>
#include <cstring>

#include "tenfold/vision/kernels/kernels.h"

namespace tenfold::vision {
namespace {

template <class Number>
using Row = Number[row_block];

template <class Number>
inline Number smaller(Number a, Number b) {
  return a < b ? a : b;
}

/// Reflected about 0 and last, any distance up to a million: … 2 1 | 0 1 … last | last-1 …
inline float reflected(float at, float last) {
  const float period = last > 0 ? 2 * last : 1, far = smaller(__builtin_fabsf(at), 1e6F);
  const float once = far - period * static_cast<float>(static_cast<int32_t>(far / period));
  const float back = last - __builtin_fabsf(once - last);
  return back > 0 ? smaller(back, last) : 0;
}

/// The pixel at byte `at` in the low three bytes. At the very end of memory it is taken from the word that ends there.
inline uint32_t word(const Pixels& image, int32_t at, int32_t last_word) {
  const int32_t from = smaller(at, last_word);
  uint32_t bytes;
  std::memcpy(&bytes, image.bytes + from, sizeof bytes);
  return bytes >> (8 * (at - from));
}

inline int32_t last_word_of(const Pixels& image) {
  return static_cast<int32_t>(smaller<int64_t>(image.readable - 4, INT32_MAX));
}

inline float channel(uint32_t pixel, int c) { return static_cast<float>(static_cast<int32_t>(pixel >> (8 * c) & 255)); }

inline void put(float* to, float value) { *to = value; }
/// Rounds to nearest, ties to even. The values are finite.
inline void put(Bf16* to, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  to->bits = static_cast<uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

inline void light(const Finish& finish, Row<float>& values) {
  if (!finish.curve) {
    for (float& value : values) {
      const float lit = value * finish.multiply + finish.add;
      value = lit > 0 ? smaller(lit, 1.F) : 0;
    }
    return;
  }
  const float* __restrict curve = finish.curve;  // else every store might change it
  for (float& value : values) {
    const int32_t below = smaller(static_cast<int32_t>(value), 254);
    value = curve[below] + (value - static_cast<float>(below)) * (curve[below + 1] - curve[below]);
  }
}

/// planes: three channels of a block; the first `count` pixels are written.
template <class Value>
void write(Row<float> (&planes)[3], const Finish& finish, int32_t count, Value* out) {
  for (int c = 0; c < 3; ++c) {
    light(finish, planes[c]);
    for (float& value : planes[c]) value = value * finish.scale[c] + finish.offset[c];
  }
  for (int32_t k = 0; k < count; ++k)
    for (int c = 0; c < 3; ++c) put(out + 3 * k + c, planes[c][k]);
}

template <class Value>
void resample(const Pixels& given, const Path& given_path, const Finish& finish, void* out) {
  const Pixels image = given;
  const Path path = given_path;
  const int32_t last_word = last_word_of(image), size = image.size;
  const int32_t pixels = path.pixels > 0 ? path.pixels : size;
  const float last = static_cast<float>(size - 1);
  for (int32_t x = 0; x < pixels; x += row_block) {
    alignas(64) Row<int32_t> at[4];  // upper left, upper right, lower left, lower right
    alignas(64) Row<float> right, down;
    for (int32_t k = 0; k < row_block; ++k) {
      const float s = static_cast<float>(x + k), w = 1 / (path.w + path.dw * s);
      const float u = reflected((path.u + path.du * s) * w, last), v = reflected((path.v + path.dv * s) * w, last);
      const int32_t column = static_cast<int32_t>(u), row = static_cast<int32_t>(v);
      const int32_t step = column + 1 < size ? 3 : 0, line = row + 1 < size ? 3 * size : 0;
      right[k] = u - static_cast<float>(column);
      down[k] = v - static_cast<float>(row);
      at[0][k] = 3 * (row * size + column);
      at[1][k] = at[0][k] + step;
      at[2][k] = at[0][k] + line;
      at[3][k] = at[2][k] + step;
    }
    alignas(64) Row<uint32_t> pixel[4];
    for (int corner = 0; corner < 4; ++corner)
      for (int32_t k = 0; k < row_block; ++k) pixel[corner][k] = word(image, at[corner][k], last_word);
    alignas(64) Row<float> planes[3];
    for (int c = 0; c < 3; ++c)
      for (int32_t k = 0; k < row_block; ++k) {
        const float upper_left = channel(pixel[0][k], c), lower_left = channel(pixel[2][k], c);
        const float upper = upper_left + right[k] * (channel(pixel[1][k], c) - upper_left);
        const float lower = lower_left + right[k] * (channel(pixel[3][k], c) - lower_left);
        planes[c][k] = upper + down[k] * (lower - upper);
      }
    write(planes, finish, smaller(row_block, pixels - x), static_cast<Value*>(out) + 3 * x);
  }
}

template <class Value>
void move(const Pixels& given, const Moves& moves, const Finish& finish, void* out) {
  const Pixels image = given;
  const int32_t last_word = last_word_of(image), start = moves.start;
  for (int32_t x = 0; x < image.size; x += row_block) {
    alignas(64) Row<uint32_t> pixel;
    for (int32_t k = 0; k < row_block; ++k) pixel[k] = word(image, start + moves.step[x + k], last_word);
    alignas(64) Row<float> planes[3];
    for (int c = 0; c < 3; ++c)
      for (int32_t k = 0; k < row_block; ++k) planes[c][k] = channel(pixel[k], c);
    write(planes, finish, smaller(row_block, image.size - x), static_cast<Value*>(out) + 3 * x);
  }
}

template <class Value>
constexpr RowKernels kernels_of() {
  return {.resample = resample<Value>, .move = move<Value>};
}

constexpr KernelSet kernel_set(std::string_view name) { return {name, kernels_of<float>(), kernels_of<Bf16>()}; }

}  // namespace
}  // namespace tenfold::vision
