#pragma once
// What is done to one image at random, as numbers: drawn here, executed in one pass by vision/warp.h.
// Presets of both fastai generations; the parameters of an image depend on its draw alone.

#include <cstdint>

#include "tenfold/core/random.h"
#include "tenfold/vision/geometry.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

/// Light as a map of values in [0, 1], the same for each channel.
struct Light {
  enum class Kind { none, linear, logit };
  Kind kind = Kind::none;
  double add = 0;       ///< linear: brightness in [0, 1] units; logit: added to logit x
  double multiply = 1;  ///< contrast; linear about the image's mean, logit about grey
};

/// One image's change of view.
struct Change {
  Matrix matrix = unchanged;
  Light light{};
};

/// basic (fastai 0.7): rotate ±10° with p 0.75, light ±0.05 always. side_on: and mirror with p 0.5. top_down: and one
/// of the eight symmetries. small: shift by up to an eighth of the side, reflected, and mirror with p 0.5. modern
/// (fastai 2.x aug_transforms): mirror with p 0.5; rotate ±10°, zoom, perspective ±0.2 in x and in y, brightness and
/// contrast ±0.2 in logit space, each with p 0.75. none: no change. So digits and other figures that must not be
/// mirrored take none or basic. `max_zoom` is used by modern here; the 0.7 presets zoom before the crop
/// (vision/item.h). `size` is the image's side in pixels.
Change draw_change(Augment preset, int64_t size, double max_zoom, Draw draw);

/// The value in [0, 1] that the light makes of `value` in [0, 1]; `mean` is the image's, for Kind::linear.
double lit(const Light& light, double value, double mean);

}  // namespace tenfold::vision
