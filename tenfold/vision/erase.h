#pragma once
// Rectangles of training views that are made unrecognisable, so that the network looks at more than one part: filled
// with noise (random erasing) or blanked (cutout). Works on what the network takes: normalised values.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "tenfold/core/random.h"

namespace tenfold::vision {

struct Erasing {
  double chance = 0;  ///< of noise in a view; fastai 2.x: 0.5
  double area = 0.3;  ///< largest share of the view that noise fills
  int boxes = 1;      ///< most rectangles of noise in a view; they share the area
  int64_t hole = 0;   ///< side of a blanked square in pixels; 0: none
  int holes = 1;      ///< squares a view

  bool any() const { return chance > 0 || hole > 0; }
};

/// In pixels, inside the view.
struct Erased {
  int64_t x = 0, y = 0, width = 0, height = 0;
  bool noise = false;  ///< normal numbers, else 0: the mean colour
};

/// Noise (Zhong et al. 2017, arXiv 1708.04896; numbers of fastai 2.x's RandomErasing): with `chance`, 1 to `boxes`
/// rectangles of U(0, area) of the view, divided by their count, with the ratio of height to width log-uniform in
/// (0.3, 1 / 0.3), anywhere. Holes (DeVries & Taylor 2017, arXiv 1708.04552): always, centres anywhere in the view, so
/// that they may be cut at its border; fastai 0.7 blanks with black instead of the mean.
std::vector<Erased> draw_erased(const Erasing& erasing, int64_t size, Draw& draw);

/// images [N, 3, S, S] fp32 or bf16, channels-last, normalised; in place. One draw an image.
void erase(at::Tensor& images, const Erasing& erasing, const std::vector<Draw>& draws);

}  // namespace tenfold::vision
