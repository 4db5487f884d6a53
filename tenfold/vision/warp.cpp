#include "tenfold/vision/warp.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <ATen/Functions.h>
#include <ATen/Parallel.h>

#include "tenfold/core/error.h"

namespace tenfold::vision {
namespace {

constexpr int kLevels = 256;

/// What each byte becomes, per channel: light and normalisation at once.
template <class Value>
using Table = std::array<std::array<Value, 3>, kLevels>;

double mean_of(const uint8_t* pixels, int64_t count) {
  uint64_t sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += pixels[k];
  return static_cast<double>(sum) / static_cast<double>(count) / 255;
}

template <class Value>
Table<Value> table_of(const Light& light, double mean, const Normalisation& normalisation) {
  Table<Value> table;
  for (size_t level = 0; level < kLevels; ++level) {
    const double value = lit(light, static_cast<double>(level) / 255, mean);
    for (size_t c = 0; c < 3; ++c)
      table[level][c] = static_cast<Value>(static_cast<float>((value - normalisation.mean[c]) / normalisation.deviation[c]));
  }
  return table;
}

/// Mirrored about the border pixels, any distance: … 2 1 | 0 1 2 … n-1 | n-2 …
inline int64_t reflected(int64_t k, int64_t n) {
  if (n == 1) return 0;
  const int64_t period = 2 * (n - 1);
  k %= period;
  if (k < 0) k += period;
  return k < n ? k : period - k;
}

/// One row where the matrix only permutes pixels.
template <class Value>
void move_row(const uint8_t* image, Value* out, const Matrix& m, int64_t y, int64_t size, const Table<Value>& table) {
  // In doubled coordinates the centre is whole, so half-pixel centres stay exact.
  const auto whole = [](double v) { return static_cast<int64_t>(std::lround(v)); };
  const int64_t c = size - 1, a = whole(m[0]), b = whole(m[1]), d = whole(m[3]), e = whole(m[4]);
  const int64_t cy = 2 * y - c;
  for (int64_t x = 0; x < size; ++x, out += 3) {
    const int64_t cx = 2 * x - c;
    const int64_t sx = reflected((a * cx + b * cy + c) / 2 + whole(m[2]), size);
    const int64_t sy = reflected((d * cx + e * cy + c) / 2 + whole(m[5]), size);
    const uint8_t* pixel = image + (sy * size + sx) * 3;
    for (size_t k = 0; k < 3; ++k) out[k] = table[pixel[k]][k];
  }
}

template <class Value>
void warp_row(const uint8_t* image, Value* out, const Matrix& matrix, int64_t y, int64_t size, const Table<Value>& table) {
  std::array<float, 9> m;
  std::transform(matrix.begin(), matrix.end(), m.begin(), [](double v) { return static_cast<float>(v); });
  const float half = static_cast<float>(size - 1) / 2, cy = static_cast<float>(y) - half, limit = static_cast<float>(8 * size);
  const bool affine = m[6] == 0 && m[7] == 0;
  for (int64_t x = 0; x < size; ++x, out += 3) {
    const float cx = static_cast<float>(x) - half;
    const float w = affine ? 1.F : 1 / (m[6] * cx + m[7] * cy + m[8]);
    const float sx = std::clamp((m[0] * cx + m[1] * cy + m[2]) * w + half, -limit, limit);
    const float sy = std::clamp((m[3] * cx + m[4] * cy + m[5]) * w + half, -limit, limit);
    const float fx = std::floor(sx), fy = std::floor(sy);
    int64_t x0 = static_cast<int64_t>(fx), y0 = static_cast<int64_t>(fy), x1 = x0 + 1, y1 = y0 + 1;
    if (x0 < 0 || y0 < 0 || x1 >= size || y1 >= size) {
      x0 = reflected(x0, size), x1 = reflected(x1, size), y0 = reflected(y0, size), y1 = reflected(y1, size);
    }
    // Weights in 1/256: products of four stay exact in 32 bits.
    const int32_t wx = static_cast<int32_t>((sx - fx) * 256), wy = static_cast<int32_t>((sy - fy) * 256);
    const int32_t w00 = (256 - wx) * (256 - wy), w01 = wx * (256 - wy), w10 = (256 - wx) * wy, w11 = wx * wy;
    const uint8_t *p00 = image + (y0 * size + x0) * 3, *p01 = image + (y0 * size + x1) * 3;
    const uint8_t *p10 = image + (y1 * size + x0) * 3, *p11 = image + (y1 * size + x1) * 3;
    for (size_t k = 0; k < 3; ++k)
      out[k] = table[static_cast<size_t>((p00[k] * w00 + p01[k] * w01 + p10[k] * w10 + p11[k] * w11 + 32768) >> 16)][k];
  }
}

/// Quarter turns, mirrors and whole shifts.
bool moves_only(const Matrix& m) {
  const auto unit = [](double v) { return v == 0 || std::abs(std::abs(v) - 1) < 1e-12; };
  return unit(m[0]) && unit(m[1]) && unit(m[3]) && unit(m[4]) && m[2] == std::floor(m[2]) && m[5] == std::floor(m[5]) &&
         m[6] == 0 && m[7] == 0;
}

template <class Value>
void run(const at::Tensor& images, at::Tensor& out, const std::vector<Change>& changes, const Normalisation& normalisation) {
  const int64_t count = images.size(0), size = images.size(2), pixels = size * size * 3;
  const uint8_t* in = images.const_data_ptr<uint8_t>();
  Value* to = out.mutable_data_ptr<Value>();
  const Table<Value> plain = table_of<Value>({}, 0, normalisation);
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const uint8_t* image = in + n * pixels;
      Value* target = to + n * pixels;
      const Change change = changes.empty() ? Change{} : changes[static_cast<size_t>(n)];
      const Light& light = change.light;
      const double mean = light.kind == Light::Kind::linear ? mean_of(image, pixels) : 0;
      const Table<Value> table = light.kind == Light::Kind::none ? plain : table_of<Value>(light, mean, normalisation);
      const bool moves = moves_only(change.matrix);
      for (int64_t y = 0; y < size; ++y) {
        if (moves) move_row(image, target + y * size * 3, change.matrix, y, size, table);
        else warp_row(image, target + y * size * 3, change.matrix, y, size, table);
      }
    }
  });
}

}  // namespace

at::Tensor to_network(const at::Tensor& images, const std::vector<Change>& changes, const Normalisation& normalisation,
                      at::ScalarType dtype) {
  const auto in = images.contiguous(at::MemoryFormat::ChannelsLast);
  auto out = at::empty(in.sizes(), at::TensorOptions().dtype(dtype).memory_format(at::MemoryFormat::ChannelsLast));
  if (dtype == at::kBFloat16) run<at::BFloat16>(in, out, changes, normalisation);
  else if (dtype == at::kFloat) run<float>(in, out, changes, normalisation);
  else throw ConfigError("precision", "images become fp32 or bf16 only");
  return out;
}

}  // namespace tenfold::vision
