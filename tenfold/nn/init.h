#pragma once
// Initial weights, drawn from counters: a tensor's values depend on (seed, its name) alone, so another head or another
// order of construction leaves the body's weights as they were.

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <functional>
#include <string_view>

#include "tenfold/core/random.h"

namespace tenfold::nn {

/// Fills weight [rows, …] fp32 with what `draw` makes of a stream for each row, which is a function of (seed, name,
/// row) alone.
void fill_drawn(const at::Tensor& weight, uint64_t seed, std::string_view name,
                const std::function<double(Draw&)>& draw);

/// Whose variance is kept: the activations' on the way forward (in), or the gradients' on the way back (out).
enum class Fan { in, out };

/// Fills weight [out, in / groups, …] fp32, any memory format, with normal numbers of mean 0 and variance 2 / fan; fan
/// is the number of inputs of an output (in), or of outputs of an input (out), kernel included. He et al. 2015.
void kaiming_normal(const at::Tensor& weight, Fan fan, int64_t groups, uint64_t seed, std::string_view name);

/// How weights start. kaiming: by their fan, Conv2d out, Linear in, so that ReLUs keep the scale (He et al. 2015, arXiv
/// 1502.01852). narrow: normal with deviation 0.02, positions too, as transformers and ConvNeXt do, whose norms keep
/// the scale.
enum class Start { kaiming, narrow };

/// Sets every layer below `module`: weights of Conv2d and Linear as `start` says, their biases 0; norms weight 1, bias
/// 0, fresh statistics. Names are those below `module`.
void initialise(torch::nn::Module& module, uint64_t seed, Start start = Start::kaiming);

}  // namespace tenfold::nn
