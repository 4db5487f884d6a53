#pragma once
// All kernels of the instruction set that the including file is compiled for.

#include "tenfold/text/kernels/attention_body.h"
#include "tenfold/text/kernels/dropout_body.h"
#include "tenfold/text/kernels/scores_body.h"

namespace tenfold::text {
namespace {

template <class T>
constexpr Kernels kernels_of() {
  return {.attention_scratch = attention_scratch,
          .attention_forward = attention_forward<T>,
          .attention_backward = attention_backward<T>,
          .scores_forward = scores_forward<T>,
          .scores_backward = scores_backward<T>,
          .dropped_sum = dropped_sum<T>,
          .dropped_relu = dropped_relu<T>,
          .dropped_relu_backward = dropped_relu_backward<T>};
}

constexpr KernelSet kernel_set(std::string_view name) { return {name, kernels_of<float>(), kernels_of<nn::Bf16>()}; }

}  // namespace
}  // namespace tenfold::text
