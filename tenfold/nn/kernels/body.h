#pragma once
// All kernels of the instruction set that the including file is compiled for.

#include "tenfold/nn/kernels/attention_body.h"
#include "tenfold/nn/kernels/depthwise_body.h"
#include "tenfold/nn/kernels/lstm_body.h"
#include "tenfold/nn/kernels/norm_body.h"
#include "tenfold/nn/kernels/pool_body.h"
#include "tenfold/nn/kernels/residual_norm_body.h"

namespace tenfold::nn {
namespace {

template <class T>
constexpr Kernels kernels_of() {
  return {.moments = moments<T>,
          .norm_forward = norm_forward<T>,
          .norm_sums = norm_sums<T>,
          .norm_backward = norm_backward<T>,
          .norm_gelu_forward = norm_gelu_forward<T>,
          .norm_gelu_sums = norm_gelu_sums<T>,
          .norm_gelu_backward = norm_gelu_backward<T>,
          .pool_moments = pool_moments<T>,
          .pool_norm_gelu_backward = pool_norm_gelu_backward<T>,
          .depthwise = depthwise<T>,
          .depthwise_weight = depthwise_weight<T>,
          .lstm_forward = lstm_forward<T>,
          .lstm_backward = lstm_backward<T>,
          .attention_forward = attention_forward<T>,
          .attention_backward = attention_backward<T>,
          .residual_norm_forward = residual_norm_forward<T>,
          .residual_norm_backward = residual_norm_backward<T>};
}

constexpr KernelSet kernel_set(std::string_view name) { return {name, kernels_of<float>(), kernels_of<Bf16>()}; }

}  // namespace
}  // namespace tenfold::nn
