#include "tenfold/vision/warp.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/vision/kernels/kernels.h"

namespace tenfold::vision {
namespace {

constexpr double kLargest = 255;
using Curve = std::array<float, 256>;

double mean_of(const Pixels& image) {
  const int64_t count = int64_t{3} * image.size * image.size;
  uint64_t sum = 0;
  for (int64_t k = 0; k < count; ++k) sum += image.bytes[k];
  return static_cast<double>(sum) / static_cast<double>(count) / kLargest;
}

/// `curve` is memory for it, used where the light is no straight line.
Finish finish_of(const Light& light, const Pixels& image, const Normalisation& normalisation, Curve& curve) {
  Finish finish;
  for (size_t c = 0; c < 3; ++c) {
    finish.scale[c] = static_cast<float>(1 / normalisation.deviation[c]);
    finish.offset[c] = static_cast<float>(-normalisation.mean[c] / normalisation.deviation[c]);
  }
  if (light.kind == Light::Kind::linear) {
    const double mean = mean_of(image);
    finish.multiply = static_cast<float>(light.multiply / kLargest);
    finish.add = static_cast<float>(mean - mean * light.multiply + light.add);
  } else if (light.kind == Light::Kind::logit) {
    for (size_t level = 0; level < curve.size(); ++level)
      curve[level] = static_cast<float>(lit(light, static_cast<double>(level) / kLargest, 0));
    finish.curve = curve.data();
  }
  return finish;
}

/// Quarter turns, mirrors and whole shifts.
bool moves_only(const Matrix& m) {
  const auto unit = [](double v) { return std::abs(v) < 1e-12 || std::abs(std::abs(v) - 1) < 1e-12; };
  return unit(m[0]) && unit(m[1]) && unit(m[3]) && unit(m[4]) && m[2] == std::floor(m[2]) && m[5] == std::floor(m[5]) &&
         m[6] == 0 && m[7] == 0;
}

/// Reflected about the border pixels, any distance.
int64_t reflected(int64_t k, int64_t n) {
  const int64_t period = std::max<int64_t>(2 * (n - 1), 1), once = std::abs(k) % period;
  return once < n ? once : period - once;
}

/// Byte steps of one axis of the output, where column k of the matrix says what it does to x and y of the input. In
/// doubled coordinates the centre is whole, so half-pixel centres stay exact.
std::vector<int32_t> steps_of(const Matrix& m, size_t k, int64_t size, int64_t padded) {
  const auto whole = [](double v) { return std::lround(v); };
  const int64_t to_x = whole(m[k]), to_y = whole(m[3 + k]), last = size - 1;
  std::vector<int32_t> steps(static_cast<size_t>(padded));
  for (int64_t i = 0; i < size; ++i) {
    const int64_t centred = 2 * i - last;
    const int64_t x = to_x ? reflected((to_x * centred + last) / 2 + whole(m[2]), size) : 0;
    const int64_t y = to_y ? reflected((to_y * centred + last) / 2 + whole(m[5]), size) : 0;
    steps[static_cast<size_t>(i)] = static_cast<int32_t>(3 * (y * size + x));
  }
  return steps;
}

/// Row y of an output of `side` pixels.
Path path_of(const Matrix& m, int64_t y, int64_t side, int64_t image_side) {
  const double half = static_cast<double>(side - 1) / 2, image_half = static_cast<double>(image_side - 1) / 2;
  const double up = static_cast<double>(y) - half, w = m[8] - m[6] * half + m[7] * up;
  const auto start = [&](size_t k) { return m[k + 2] - m[k] * half + m[k + 1] * up + image_half * w; };
  return {.u = static_cast<float>(start(0)),
          .du = static_cast<float>(m[0] + image_half * m[6]),
          .v = static_cast<float>(start(3)),
          .dv = static_cast<float>(m[3] + image_half * m[6]),
          .w = static_cast<float>(w),
          .dw = static_cast<float>(m[6]),
          .pixels = static_cast<int32_t>(side)};
}

/// Where the rows of one output go.
struct Output {
  std::byte* first = nullptr;
  int64_t side = 0, row_bytes = 0;
  std::byte* row(int64_t y) const { return first + y * row_bytes; }
};

void run(const Pixels& image, const Change& change, const Normalisation& normalisation, const RowKernels& rows,
         const Output& out) {
  Curve curve;
  const Finish finish = finish_of(change.light, image, normalisation, curve);
  if (out.side != image.size || !moves_only(change.matrix)) {
    for (int64_t y = 0; y < out.side; ++y)
      rows.resample(image, path_of(change.matrix, y, out.side, image.size), finish, out.row(y));
    return;
  }
  const int64_t size = image.size;
  const auto across = steps_of(change.matrix, 0, size, (size + row_block - 1) / row_block * row_block);
  const auto down = steps_of(change.matrix, 1, size, size);
  for (int64_t y = 0; y < size; ++y)
    rows.move(image, {.start = down[static_cast<size_t>(y)], .step = across.data()}, finish, out.row(y));
}

}  // namespace

at::Tensor to_network(const at::Tensor& images, const std::vector<Change>& changes, const Normalisation& normalisation,
                      at::ScalarType dtype, int64_t size) {
  if (dtype != at::kBFloat16 && dtype != at::kFloat) throw ConfigError("precision", "images become fp32 or bf16 only");
  const int64_t count = images.size(0), given = images.size(2), side = size > 0 ? size : given;
  if (images.size(3) != given) throw ConfigError("data.size", "images of a batch must be square");
  if (side != given && changes.empty())
    throw ConfigError("data.size", "is " + std::to_string(side) + ", and plain views of " + std::to_string(given) +
                                       " pixels are not resized here; read them at the size");
  const auto in = images.contiguous(at::MemoryFormat::ChannelsLast);
  auto out =
      at::empty({count, 3, side, side}, at::TensorOptions().dtype(dtype).memory_format(at::MemoryFormat::ChannelsLast));
  const auto& rows = dtype == at::kFloat ? kernels().fp32 : kernels().bf16;
  const int64_t bytes = given * given * 3, row_bytes = side * 3 * out.element_size();
  const uint8_t* from = in.const_data_ptr<uint8_t>();
  auto* to = static_cast<std::byte*>(out.data_ptr());
  const Change none;
  at::parallel_for(0, count, 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      const Pixels image{
          .bytes = from + n * bytes, .readable = (count - n) * bytes, .size = static_cast<int32_t>(given)};
      run(image, changes.empty() ? none : changes[static_cast<size_t>(n)], normalisation, rows,
          {.first = to + n * side * row_bytes, .side = side, .row_bytes = row_bytes});
    }
  });
  return out;
}

}  // namespace tenfold::vision
