#pragma once
// What is done to one image at random, as numbers: drawn here, executed in one pass by vision/warp.h.
// Presets of both fastai generations; the parameters of an image depend on its draw alone.

#include <array>
#include <cstdint>

#include "tenfold/core/random.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

/// Output pixel → input pixel, homogeneous, row-major, in pixels from the image's centre.
using Matrix = std::array<double, 9>;

/// Light as a map of one byte to a value in [0, 1], the same for each channel.
struct Light {
  enum class Kind { none, linear, logit };
  Kind kind = Kind::none;
  double add = 0;       ///< linear: brightness in [0, 1] units; logit: added to logit x
  double multiply = 1;  ///< contrast; linear about the image's mean, logit about grey
};

/// One image's change of view.
struct Change {
  Matrix matrix = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  Light light{};
};

/// basic (fastai 0.7): rotate ±10° with p 0.75, light ±0.05 always. side_on: and mirror with p 0.5. top_down: and one of the eight
/// symmetries. small: shift by up to an eighth of the side, reflected, and mirror. modern (fastai 2.x aug_transforms): mirror, rotate
/// ±10°, zoom, perspective ±0.2, each with p 0.75, light in logit space. none: no change.
/// `max_zoom` is used by modern here; the 0.7 presets zoom before the crop (vision/item.h).
Change draw_change(Augment preset, int64_t size, double max_zoom, Draw draw);

/// True where the preset ever changes an image after the crop.
bool changes(Augment preset);

/// The value in [0, 1] that the light makes of `value` in [0, 1]; `mean` is the image's, for Kind::linear.
double lit(const Light& light, double value, double mean);

}  // namespace tenfold::vision
