#pragma once
// The logistic function and the hyperbolic tangent, from one exponential each; off by 1e-7 at the most. A NaN stays
// one. Included by the kernel files only.

#include "tenfold/nn/kernels/gelu.h"

namespace tenfold::nn {
namespace {

inline Floats sigmoid(Floats x) {
  const Floats zero = {};
  const Floats e = exp_below_zero(x < zero ? x : -x);
  const Floats upper = 1.0f / (1.0f + e);
  return x < zero ? e * upper : upper;
}

inline Floats hyperbolic_tangent(Floats x) {
  const Floats zero = {};
  const Floats e = exp_below_zero((x < zero ? x : -x) * 2.0f);
  const Floats size = (1.0f - e) / (1.0f + e);
  return x < zero ? -size : size;
}

}  // namespace
}  // namespace tenfold::nn
