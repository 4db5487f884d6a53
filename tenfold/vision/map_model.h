#pragma once
// A network whose features are pooled from maps, so that one can ask where in a picture it looked (vision/grad_cam.h).

#include <torch/types.h>

#include <vector>

#include "tenfold/nn/model.h"

namespace tenfold::vision {

class MapModel : public nn::Model {
 public:
  /// Inputs as in Batch::x → the last maps [N, C, h, w], fp32 or bf16; 1 x 1 where the body keeps no places.
  virtual torch::Tensor maps(const std::vector<torch::Tensor>& x) = 0;
  /// Maps → features [N, F] fp32.
  virtual torch::Tensor pooled(const torch::Tensor& maps) const = 0;
  torch::Tensor features(const std::vector<torch::Tensor>& x) final { return pooled(maps(x)); }
};

}  // namespace tenfold::vision
