#include "tenfold/vision/item.h"

#include <ATen/Functions.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>

#include <algorithm>
#include <cmath>

namespace tenfold::vision {
namespace {

constexpr double kZoomChance = 0.75;  // fastai 0.7's RandomScale
constexpr double kMinArea = 0.35, kMinRatio = 3.0 / 4, kMaxRatio = 4.0 / 3;
constexpr int kTries = 10;

bool zooms_before_crop(Augment preset) {
  return preset == Augment::basic || preset == Augment::side_on || preset == Augment::top_down;
}

Box square(int64_t width, int64_t height, int64_t side, std::optional<Draw>& draw) {
  Box box{(width - side) / 2, (height - side) / 2, side, side};
  if (draw) box.x = draw->below(width - side + 1), box.y = draw->below(height - side + 1);
  return box;
}

/// A random part; ratios are drawn evenly in their logarithm. After ten misses the middle square.
Box random_area(int64_t width, int64_t height, std::optional<Draw>& draw) {
  const auto area = static_cast<double>(width * height);
  for (int k = 0; draw && k < kTries; ++k) {
    const double part = draw->uniform(kMinArea, 1) * area;
    const double ratio = std::exp(draw->uniform(std::log(kMinRatio), std::log(kMaxRatio)));
    const auto w = static_cast<int64_t>(std::lround(std::sqrt(part * ratio))),
               h = static_cast<int64_t>(std::lround(std::sqrt(part / ratio)));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return {draw->below(width - w + 1), draw->below(height - h + 1), w, h};
  }
  std::optional<Draw> middle;
  return square(width, height, std::min(width, height), middle);
}

/// [H, W, 3] bytes → [height, width, 3].
at::Tensor resized(const at::Tensor& pixels, int64_t height, int64_t width) {
  if (pixels.size(0) == height && pixels.size(1) == width) return pixels.contiguous();
  const auto in = pixels.contiguous().permute({2, 0, 1}).unsqueeze(0);  // channels-last without a copy
  const auto out = at::_upsample_bilinear2d_aa(in, {height, width}, /*align_corners=*/false);
  return out.squeeze(0).permute({1, 2, 0}).contiguous();
}

/// Indices of a side of `size` around a picture of `n`, reflected.
at::Tensor reflected_indices(int64_t n, int64_t size, int64_t before) {
  auto index = at::empty({size}, at::kLong);
  for (int64_t k = 0; k < size; ++k) {
    const int64_t period = std::max<int64_t>(2 * (n - 1), 1);
    const int64_t at = ((k - before) % period + period) % period;
    index.mutable_data_ptr<int64_t>()[k] = std::min(at < n ? at : period - at, n - 1);
  }
  return index;
}

at::Tensor padded(const at::Tensor& pixels, int64_t size, std::optional<Draw> draw) {
  const int64_t height = pixels.size(0), width = pixels.size(1), longest = std::max(height, width);
  const int64_t h =
      std::max<int64_t>(1, std::lround(static_cast<double>(height) * size / static_cast<double>(longest)));
  const int64_t w = std::max<int64_t>(1, std::lround(static_cast<double>(width) * size / static_cast<double>(longest)));
  const int64_t left = draw ? draw->below(size - w + 1) : (size - w) / 2,
                top = draw ? draw->below(size - h + 1) : (size - h) / 2;
  return resized(pixels, h, w)
      .index_select(0, reflected_indices(h, size, top))
      .index_select(1, reflected_indices(w, size, left));
}

}  // namespace

Box box_of(int64_t width, int64_t height, const ItemView& view, std::optional<Draw> draw) {
  if (view.resize == Resize::squish || view.resize == Resize::pad) return {0, 0, width, height};
  if (view.resize == Resize::random_area) return random_area(width, height, draw);
  int64_t side = std::min(width, height);
  if (draw && view.max_zoom > 1 && zooms_before_crop(view.augment)) {
    const bool zoomed = draw->chance(kZoomChance);
    const double factor = draw->uniform(1, view.max_zoom);
    if (zoomed) side = std::max<int64_t>(1, std::lround(static_cast<double>(side) / factor));
  }
  return square(width, height, side, draw);
}

at::Tensor view_of(const Image& image, const ItemView& view, const std::optional<Draw>& draw) {
  const auto pixels = at::from_blob(const_cast<uint8_t*>(image.rgb.data()), {image.height, image.width, 3}, at::kByte);
  if (view.resize == Resize::pad) return padded(pixels, view.size, draw);
  const Box box = box_of(image.width, image.height, view, draw);
  const auto part = pixels.narrow(0, box.y, box.height).narrow(1, box.x, box.width);
  const auto out = resized(part, view.size, view.size);
  return out.is_alias_of(pixels) ? out.clone() : out;  // the image's bytes end with it
}

int decode_at_least(const ItemView& view, bool random) {
  const double parts = random && view.resize == Resize::random_area ? 1 / std::sqrt(kMinArea * kMinRatio)
                       : random && zooms_before_crop(view.augment)  ? view.max_zoom
                                                                    : 1;
  return static_cast<int>(std::ceil(static_cast<double>(view.size) * std::max(parts, 1.0)));
}

}  // namespace tenfold::vision
