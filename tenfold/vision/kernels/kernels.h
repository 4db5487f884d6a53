#pragma once
// Inner loops of the batch transform: one row of pixels resampled or moved, lit, normalised and converted. Compiled
// once for each instruction set and chosen when the program runs. Torch-free: plain pointers, one thread, no memory of
// their own.

#include <cstdint>
#include <string_view>

namespace tenfold::vision {

/// bfloat16: the upper half of a float.
struct Bf16 {
  uint16_t bits;
};

/// A square image of bytes, [size, size, 3]. Pixels are read four bytes at a time, never past `readable` bytes from its
/// start.
struct Pixels {
  const uint8_t* bytes = nullptr;
  int64_t readable = 0;  ///< >= 4
  int32_t size = 0;
};

/// Pixel x of the row shows the image at ((u + du x) / (w + dw x), (v + dv x) / (w + dw x)), in pixels from its upper
/// left one, reflected about the border pixels; bilinear between four.
struct Path {
  float u = 0, du = 1, v = 0, dv = 0, w = 1, dw = 0;
  int32_t pixels = 0;  ///< in the row; 0: as many as the image has
};

/// Pixel x of the row is the one that begins at byte start + step[x].
struct Moves {
  int32_t start = 0;
  const int32_t* step = nullptr;  ///< padded to a multiple of `row_block`
};
constexpr int row_block = 64;

/// A value of 0 to 255 on its way out: light to [0, 1], then value * scale + offset for its channel.
struct Finish {
  const float* curve =
      nullptr;  ///< [256], light of each byte, straight lines between; null: clamp(value * multiply + add, 0, 1)
  float multiply = 1.F / 255, add = 0;
  float scale[3] = {1, 1, 1}, offset[3] = {0, 0, 0};
};

struct RowKernels {
  /// out: [size, 3] of the value type, or [path.pixels, 3].
  void (*resample)(const Pixels& image, const Path& path, const Finish& finish, void* out);
  void (*move)(const Pixels& image, const Moves& moves, const Finish& finish, void* out);
};

struct KernelSet {
  std::string_view name;  ///< "avx512", "avx2", "portable"
  RowKernels fp32, bf16;
};

/// The best set that this processor runs.
const KernelSet& kernels();
/// By name, for tests; null where it is not built or does not run here.
const KernelSet* kernels(std::string_view name);

}  // namespace tenfold::vision
