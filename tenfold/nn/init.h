#pragma once
// Initial weights, drawn from counters: a tensor's values depend on (seed, its name) alone, so another head or another
// order of construction leaves the body's weights as they were. He et al. 2015, arXiv 1502.01852.

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include <cstdint>
#include <string_view>

namespace tenfold::nn {

/// Whose variance is kept: the activations' on the way forward (in), or the gradients' on the way back (out).
enum class Fan { in, out };

/// Fills weight [out, in / groups, …] fp32, any memory format, with normal numbers of mean 0 and variance 2 / fan; fan
/// is the number of inputs of an output (in), or of outputs of an input (out), kernel included.
void kaiming_normal(const at::Tensor& weight, Fan fan, int64_t groups, uint64_t seed, std::string_view name);

/// Sets every layer below `module`: Conv2d by fan out, Linear by fan in, their biases 0; NormAct weight 1, bias 0,
/// fresh statistics. Names are those below `module`.
void initialise(torch::nn::Module& module, uint64_t seed);

}  // namespace tenfold::nn
