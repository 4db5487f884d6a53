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
#include "tenfold/vision/policy.h"

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
  double min_area = 0.35;  ///< of random_area and resized_crop
  double presize = 1;      ///< training views are this many times the size
  PolicyOptions policy{};

  /// Side of a training view or of a plain one.
  int64_t side(bool random) const;
};

/// The part that a view of a width x height image shows.
/// crop: a square of the short side, in the middle, or with a draw anywhere and (0.7 presets) up to max_zoom smaller
/// with p 0.75. center: the same, always in the middle. random_area with a draw: min_area to 100 % of the area, its
/// ratio log-uniform in 3/4–4/3; else as crop. googlenet with a draw: 8–100 %, its ratio uniform in 3/4–4/3, sides
/// swapped with p 0.5; else as crop. resized_crop with a draw: as random_area; after ten misses the whole image, cut to
/// the nearest allowed ratio; else the middle that remains where the squeezed image is brought to S + 8 ⌈0.14 S / 8⌉
/// pixels and cut to S. Both others fall back to the middle square. squish, pad: all.
Box box_of(int64_t width, int64_t height, const ItemView& view, std::optional<Draw> draw);

/// [side, side, 3] uint8. Antialiased bilinear; pad reflects what is missing. With a draw the training view, after its
/// pixel operations, else the plain one.
at::Tensor view_of(const Image& image, const ItemView& view, const std::optional<Draw>& draw);

/// Whether a preset's zoom is a smaller crop (fastai 0.7) and no part of its change.
bool zooms_before_crop(Augment preset);

/// How far a JPEG may be reduced while decoding: both sides stay at least this long.
int decode_at_least(const ItemView& view, bool random);

}  // namespace tenfold::vision
