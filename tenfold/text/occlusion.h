#pragma once
// Which words of a text speak for a class, for any network: what its logit loses where a token becomes unknown. Zeiler
// & Fergus 2014, arXiv 1311.2901, section 4.2, on words (Li et al. 2016, arXiv 1612.08220).

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "tenfold/nn/model.h"

namespace tenfold::text {

/// ids int64 [T] of one text → [T] fp32: the logit of `output` less that without the token; above 0 it speaks for the
/// output. Runs the network T + 1 times, in batches, in evaluation mode; modes are as before afterwards. Throws
/// ConfigError("occlusion.output") beyond the model's outputs.
at::Tensor occlusion(nn::Model& model, const at::Tensor& ids, int64_t unknown, int64_t output);

}  // namespace tenfold::text
