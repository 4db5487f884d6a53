#include "tenfold/vision/erase.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tenfold::vision {
namespace {

constexpr double kMinRatio = 0.3;

/// Position and length of a side of length² = area along an axis of `size`: as long as it is, cut at the end.
std::pair<int64_t, int64_t> side_of(double area, int64_t size, Draw& draw) {
  const int64_t length = std::llround(std::sqrt(area));
  const int64_t at = draw.below(std::max<int64_t>(size - length, 0) + 1);
  return {at, std::min(length, size - at)};
}

/// Two independent normal numbers from one half of a random block.
std::pair<float, float> two_normals(Draw& draw) {
  constexpr float kUnit = 0x1p-32F;
  const float radius = std::sqrt(-2 * std::log((static_cast<float>(draw.bits()) + 0.5F) * kUnit));
  const float angle = 2 * std::numbers::pi_v<float> * (static_cast<float>(draw.bits()) * kUnit);
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

/// `first`: [size, size, 3].
template <class Value>
void fill(Value* first, int64_t size, const Erased& box, Draw& draw) {
  for (int64_t y = box.y; y < box.y + box.height; ++y) {
    Value* row = first + 3 * (y * size + box.x);
    for (int64_t k = 0; k < 3 * box.width; k += 2) {
      const auto [one, other] = box.noise ? two_normals(draw) : std::pair{0.F, 0.F};
      row[k] = static_cast<Value>(one);
      if (k + 1 < 3 * box.width) row[k + 1] = static_cast<Value>(other);
    }
  }
}

}  // namespace

std::vector<Erased> draw_erased(const Erasing& erasing, int64_t size, Draw& draw) {
  std::vector<Erased> all;
  for (int k = 0; erasing.hole > 0 && k < erasing.holes; ++k) {
    const int64_t x = draw.below(size) - erasing.hole / 2, y = draw.below(size) - erasing.hole / 2;
    const int64_t left = std::max<int64_t>(x, 0), top = std::max<int64_t>(y, 0);
    all.push_back({.x = left,
                   .y = top,
                   .width = std::min(x + erasing.hole, size) - left,
                   .height = std::min(y + erasing.hole, size) - top});
  }
  if (!(erasing.chance > 0) || !draw.chance(erasing.chance)) return all;
  const int64_t count = 1 + draw.below(std::max(erasing.boxes, 1));
  for (int64_t k = 0; k < count; ++k) {
    const double area = draw.uniform(0, erasing.area) * static_cast<double>(size * size) / static_cast<double>(count);
    const double ratio = std::exp(draw.uniform(std::log(kMinRatio), -std::log(kMinRatio)));
    const auto [y, height] = side_of(area * ratio, size, draw);
    const auto [x, width] = side_of(area / ratio, size, draw);
    all.push_back({.x = x, .y = y, .width = width, .height = height, .noise = true});
  }
  return all;
}

void erase(at::Tensor& images, const Erasing& erasing, const std::vector<Draw>& draws) {
  const int64_t size = images.size(2), values = 3 * size * size;
  AT_DISPATCH_FLOATING_TYPES_AND(at::kBFloat16, images.scalar_type(), "erase", [&] {
    scalar_t* first = images.mutable_data_ptr<scalar_t>();
    at::parallel_for(0, images.size(0), 1, [&](int64_t begin, int64_t end) {
      for (int64_t n = begin; n < end; ++n) {
        Draw draw = draws[static_cast<size_t>(n)];
        for (const auto& box : draw_erased(erasing, size, draw)) fill(first + n * values, size, box, draw);
      }
    });
  });
}

}  // namespace tenfold::vision
