#pragma once
// One image file to the square of bytes that batches are made of: which part of it is seen, and the resize.

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "tenfold/core/random.h"
#include "tenfold/vision/image.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

/// Part of an image, in pixels.
struct Box {
  int64_t x = 0, y = 0, width = 0, height = 0;
};

struct ItemView {
  int64_t size = 224;
  Resize resize = Resize::crop;
  Augment augment = Augment::none;
  double max_zoom = 1.1;
};

/// The part that a view of a width x height image shows. crop: a square of the short side, in the middle, or with a
/// draw anywhere and (0.7 presets) up to max_zoom smaller with p 0.75. random_area with a draw: 35–100 % of the area,
/// ratio 3/4–4/3. squish, pad: all.
Box box_of(int64_t width, int64_t height, const ItemView& view, std::optional<Draw> draw);

/// [size, size, 3] uint8. Antialiased bilinear; pad reflects what is missing. With a draw the training view, else the
/// plain one.
at::Tensor view_of(const Image& image, const ItemView& view, const std::optional<Draw>& draw);

/// How far a JPEG may be reduced while decoding: both sides stay at least this long.
int decode_at_least(const ItemView& view, bool random);

}  // namespace tenfold::vision
