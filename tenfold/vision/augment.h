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

/// Which change, and of what.
struct Augmentation {
  Augment preset = Augment::none;
  int64_t size = 224;     ///< side of the output
  double max_zoom = 1.1;  ///< of modern; the 0.7 presets zoom before the crop (vision/item.h)
  double strength = 1;    ///< multiplies rotation, light and perspective (fastai 2.x's mult)
  double min_area = 1;    ///< presizing: least share of the image in a window
};

/// basic (fastai 0.7): rotate ±10° with p 0.75, light ±0.05 always. side_on: and mirror with p 0.5. top_down: and one
/// of the eight symmetries. small: shift by up to an eighth of the side, reflected, and mirror with p 0.5. modern
/// (fastai 2.x aug_transforms): mirror with p 0.5; rotate ±10°, zoom, perspective ±0.2 in x and in y, brightness and
/// contrast ±0.2 in logit space, each with p 0.75. modern_top_down: one of the eight symmetries with p 0.5 instead of
/// the mirror. none: no change. So digits and other figures that must not be mirrored take none or basic. `image_size`
/// is the side of the image that is given, where it is larger than the output (presizing): a square window of min_area
/// to all of its area, anywhere, is what the change is then made on, in one interpolation. 0: as the output.
Change draw_change(const Augmentation& augmentation, Draw draw, int64_t image_size = 0);

/// The value in [0, 1] that the light makes of `value` in [0, 1]; `mean` is the image's, for Kind::linear.
double lit(const Light& light, double value, double mean);

}  // namespace tenfold::vision
