#pragma once
// Networks of inverted residual blocks: expand 1x1, depthwise, squeeze and excitation, project 1x1. Sandler et al.
// 2018, arXiv 1801.04381. The MobileNets and the EfficientNets are such, and differ in their tables and in the names
// that their published parameters have.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/norm_act.h"
#include "tenfold/nn/squeeze_excite.h"
#include "tenfold/vision/backbone.h"

namespace tenfold::vision {

/// A convolution and the norm after it, by their dotted names.
struct ConvNames {
  std::string conv, norm;
};

struct BlockPlan {
  std::string name;  ///< dotted, in the network; the others are below it
  ConvNames expand{}, depthwise{}, project{};
  std::string excite{};               ///< of the squeeze and excitation
  int64_t in = 0, wide = 0, out = 0;  ///< channels; no expansion where wide = in
  int64_t kernel = 3, stride = 1;
  int64_t squeezed = 0;  ///< width inside the squeeze and excitation; 0 has none
  nn::Act act = nn::Act::relu6;
};

struct InvertedResidualPlan {
  ConvNames stem, last;
  int64_t stem_channels = 0, features = 0;
  nn::Act act = nn::Act::relu6;          ///< of stem and last convolution
  nn::Act squeezed_act = nn::Act::relu;  ///< inside the squeeze and excitation
  nn::Gate gate = nn::Gate::sigmoid;
  bool same = false;                  ///< TensorFlow's padding, else kernel / 2 on each side
  double eps = 1e-5, momentum = 0.1;  ///< of the norms
  std::vector<BlockPlan> blocks{};
  size_t early = 0;  ///< blocks of the first layer group
};

std::shared_ptr<Backbone> inverted_residual_net(const InvertedResidualPlan& plan);

/// Names as torchvision numbers a block's layers in `list`: each convolution with its norm inside one entry.
void number_layers(BlockPlan& block, const std::string& list);

/// To a multiple of 8, no more than 10 % below what was wanted.
int64_t rounded_width(double wanted);

}  // namespace tenfold::vision
