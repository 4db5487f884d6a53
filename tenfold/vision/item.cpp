#include "tenfold/vision/item.h"

#include <ATen/Functions.h>
#include <ATen/ops/_upsample_bilinear2d_aa.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace tenfold::vision {
namespace {

constexpr double kZoomChance = 0.75;  // fastai 0.7's RandomScale
constexpr double kGooglenetArea = 0.08, kMinRatio = 3.0 / 4, kMaxRatio = 4.0 / 3;
constexpr double kPlainExtra = 0.14;  // of fastai 2.x's RandomResizedCrop
constexpr int kTries = 10;

Box square(int64_t width, int64_t height, int64_t side, std::optional<Draw>& draw) {
  Box box{(width - side) / 2, (height - side) / 2, side, side};
  if (draw) box.x = draw->below(width - side + 1), box.y = draw->below(height - side + 1);
  return box;
}

bool shows_random_area(Resize resize) {
  return resize == Resize::random_area || resize == Resize::googlenet || resize == Resize::resized_crop;
}

double least_area(const ItemView& view) { return view.resize == Resize::googlenet ? kGooglenetArea : view.min_area; }

/// A random part, or nothing after ten that do not fit.
std::optional<Box> random_area(int64_t width, int64_t height, const ItemView& view, Draw& draw) {
  const auto area = static_cast<double>(width * height);
  for (int k = 0; k < kTries; ++k) {
    const double part = draw.uniform(least_area(view), 1) * area;
    const bool even = view.resize == Resize::googlenet;
    const double ratio =
        even ? draw.uniform(kMinRatio, kMaxRatio) : std::exp(draw.uniform(std::log(kMinRatio), std::log(kMaxRatio)));
    auto w = static_cast<int64_t>(std::lround(std::sqrt(part * ratio))),
         h = static_cast<int64_t>(std::lround(std::sqrt(part / ratio)));
    if (even && draw.chance(0.5)) std::swap(w, h);
    if (w < 1 || h < 1 || w > width || h > height) continue;
    return Box{draw.below(width - w + 1), draw.below(height - h + 1), w, h};
  }
  return std::nullopt;
}

Box middle(int64_t width, int64_t height, int64_t w, int64_t h) { return {(width - w) / 2, (height - h) / 2, w, h}; }

/// The whole image, or its middle where its ratio is not between the bounds.
Box within_ratios(int64_t width, int64_t height) {
  const auto w = static_cast<double>(width), h = static_cast<double>(height);
  if (w / h < kMinRatio) return middle(width, height, width, std::lround(w / kMinRatio));
  if (w / h > kMaxRatio) return middle(width, height, std::lround(h * kMaxRatio), height);
  return {0, 0, width, height};
}

/// Plain views of fastai 2.x's RandomResizedCrop are the middle of this many pixels.
int64_t before_plain_crop(int64_t size) {
  return size + 8 * std::lround(std::ceil(kPlainExtra * static_cast<double>(size) / 8));
}

/// What a middle crop of `size` shows of the whole image brought to a little more.
Box plain_resized_crop(int64_t width, int64_t height, int64_t size) {
  const double share = static_cast<double>(size) / static_cast<double>(before_plain_crop(size));
  const auto part = [&](int64_t side) { return std::max<int64_t>(1, std::lround(static_cast<double>(side) * share)); };
  return middle(width, height, part(width), part(height));
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
  const bool random_part = draw && shows_random_area(view.resize);
  if (random_part)
    if (const auto part = random_area(width, height, view, *draw)) return *part;
  if (view.resize == Resize::resized_crop)
    return draw ? within_ratios(width, height) : plain_resized_crop(width, height, view.size);
  int64_t side = std::min(width, height);
  if (random_part) return middle(width, height, side, side);
  if (draw && view.max_zoom > 1 && zooms_before_crop(view.augment)) {
    const bool zoomed = draw->chance(kZoomChance);
    const double factor = draw->uniform(1, view.max_zoom);
    if (zoomed) side = std::max<int64_t>(1, std::lround(static_cast<double>(side) / factor));
  }
  if (view.resize == Resize::center) return middle(width, height, side, side);
  return square(width, height, side, draw);
}

bool zooms_before_crop(Augment preset) {
  return preset == Augment::basic || preset == Augment::side_on || preset == Augment::top_down;
}

int64_t ItemView::side(bool random) const { return random ? std::lround(static_cast<double>(size) * presize) : size; }

at::Tensor view_of(const Image& image, const ItemView& view, const std::optional<Draw>& draw) {
  const auto pixels = at::from_blob(const_cast<uint8_t*>(image.rgb.data()), {image.height, image.width, 3}, at::kByte);
  const int64_t side = view.side(draw.has_value());
  at::Tensor out;
  if (view.resize == Resize::pad) {
    out = padded(pixels, side, draw);
  } else {
    const Box box = box_of(image.width, image.height, view, draw);
    out = resized(pixels.narrow(0, box.y, box.height).narrow(1, box.x, box.width), side, side);
    if (out.is_alias_of(pixels)) out = out.clone();  // the image's bytes end with it
  }
  if (!draw) return out;
  for (const auto& operation : draw_operations(view.policy, side, draw->other(Purpose::policy)))
    apply(operation, out.mutable_data_ptr<uint8_t>(), static_cast<int>(side), static_cast<int>(side));
  return out;
}

int decode_at_least(const ItemView& view, bool random) {
  double parts = 1;
  if (random && shows_random_area(view.resize)) parts = 1 / std::sqrt(least_area(view) * kMinRatio);
  if (random && !shows_random_area(view.resize) && zooms_before_crop(view.augment)) parts = view.max_zoom;
  if (!random && view.resize == Resize::resized_crop) return static_cast<int>(before_plain_crop(view.size));
  return static_cast<int>(std::ceil(static_cast<double>(view.side(random)) * std::max(parts, 1.0)));
}

}  // namespace tenfold::vision
