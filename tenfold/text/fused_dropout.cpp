#include "tenfold/text/fused_dropout.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

using Pass = void (*)(const DroppedRows& pass, int64_t first, int64_t last);

const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kFloat ? kernels().fp32 : kernels().bf16;
}

/// x may be undefined.
at::Tensor run(Pass kernel, const at::Tensor& x, const at::Tensor& branch, const nn::Drops& drops) {
  constexpr int64_t numbers = 32768;  // that one thread takes at a time: enough to pay for waking it
  auto out = at::empty_like(branch);
  const DroppedRows pass{.x = x.defined() ? x.const_data_ptr() : nullptr,
                         .branch = branch.const_data_ptr(),
                         .out = out.data_ptr(),
                         .width = branch.size(1),
                         .drops = drops};
  at::parallel_for(0, branch.size(0), 1 + numbers / branch.size(1),
                   [&](int64_t first, int64_t last) { kernel(pass, first, last); });
  return out;
}

void keep(AutogradContext* context, const nn::Drops& drops) {
  context->saved_data["below"] = static_cast<int64_t>(drops.below);
  context->saved_data["kept"] = static_cast<double>(drops.kept);
  context->saved_data["words"] = static_cast<int64_t>(static_cast<uint64_t>(drops.words[0]) << 32 | drops.words[1]);
}

nn::Drops kept(AutogradContext* context) {
  const auto words = static_cast<uint64_t>(context->saved_data["words"].toInt());
  return {.below = static_cast<uint32_t>(context->saved_data["below"].toInt()),
          .kept = static_cast<float>(context->saved_data["kept"].toDouble()),
          .words = {static_cast<uint32_t>(words >> 32), static_cast<uint32_t>(words)}};
}

void check_once() { TORCH_CHECK(!at::GradMode::is_enabled(), "dropout is differentiable once"); }

struct DroppedSum : torch::autograd::Function<DroppedSum> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const at::Tensor& branch,
                            const nn::Drops& drops) {
    keep(context, drops);
    return run(kernels_for(branch).dropped_sum, x, branch, drops);
  }
  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    check_once();
    const auto gradient = upstream[0].contiguous();
    return {gradient, run(kernels_for(gradient).dropped_sum, {}, gradient, kept(context)), {}};
  }
};

struct DroppedRelu : torch::autograd::Function<DroppedRelu> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x, const nn::Drops& drops) {
    keep(context, drops);
    auto out = run(kernels_for(x).dropped_relu, {}, x, drops);
    context->save_for_backward({out});
    return out;
  }
  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    check_once();
    const auto out = context->get_saved_variables()[0], gradient = upstream[0].contiguous();
    return {run(kernels_for(gradient).dropped_relu_backward, out, gradient, kept(context)), {}};
  }
};

}  // namespace

DropoutStream::DropoutStream(double p) : p_(p) {
  if (!(p >= 0 && p < 1)) throw ConfigError("dropout", "is " + shortest(p) + "; needs a probability from 0 to below 1");
}

void DropoutStream::reseed(uint64_t key) {
  key_ = key;
  calls_ = 0;
}

nn::Drops DropoutStream::next() { return nn::drops_of({.share = p_, .key = key_, .call = calls_++}); }

torch::Tensor SumDropoutImpl::forward(const torch::Tensor& x, const torch::Tensor& branch) {
  if (!drops()) return x + branch;
  TORCH_CHECK(x.dim() == 2 && x.sizes() == branch.sizes() && x.scalar_type() == branch.scalar_type() && x.is_cpu(),
              "a sum with dropout needs two [M, C] of one dtype on the CPU, was given ", x.sizes(), " and ",
              branch.sizes());
  return DroppedSum::apply(x.contiguous(), branch.contiguous(), next());
}

torch::Tensor ReluDropoutImpl::forward(const torch::Tensor& x) {
  if (!drops()) return at::relu(x);
  TORCH_CHECK(x.dim() == 2 && x.is_cpu(), "a ReLU with dropout needs [M, C] on the CPU, was given ", x.sizes());
  return DroppedRelu::apply(x.contiguous(), next());
}

}  // namespace tenfold::text
