#include "tenfold/text/token_loss.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kRows = 8;  // that a thread takes at a time at least

const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kFloat ? kernels().fp32 : kernels().bf16;
}

at::Tensor scores_of(const at::Tensor& h, const at::Tensor& weight, const at::Tensor& bias) {
  const auto dtype = h.scalar_type();
  return at::linear(h, weight.to(dtype), bias.defined() ? bias.to(dtype) : bias).contiguous();
}

struct Losses {
  at::Tensor loss, right, log_sums;
};

Losses losses_of(const at::Tensor& scores, const at::Tensor& target) {
  const auto options = scores.options().dtype(at::kFloat);
  Losses losses{at::empty(target.sizes(), options), at::empty(target.sizes(), options),
                at::empty(target.sizes(), options)};
  const TokenScores pass{.scores = scores.data_ptr(),
                         .classes = scores.size(1),
                         .target = target.const_data_ptr<int64_t>(),
                         .log_sums = losses.log_sums.mutable_data_ptr<float>(),
                         .loss = losses.loss.mutable_data_ptr<float>(),
                         .right = losses.right.mutable_data_ptr<float>()};
  const auto& kernel = kernels_for(scores);
  at::parallel_for(0, target.numel(), kRows,
                   [&](int64_t first, int64_t last) { kernel.scores_forward(pass, first, last); });
  return losses;
}

/// Overwrites the scores by their gradient.
void to_gradient(const at::Tensor& scores, const at::Tensor& log_sums, const at::Tensor& target,
                 const at::Tensor& upstream, double smoothing) {
  const TokenScores pass{.scores = scores.data_ptr(),
                         .classes = scores.size(1),
                         .target = target.const_data_ptr<int64_t>(),
                         .log_sums = log_sums.mutable_data_ptr<float>(),
                         .gradient = upstream.const_data_ptr<float>(),
                         .smoothing = static_cast<float>(smoothing)};
  const auto& kernel = kernels_for(scores);
  at::parallel_for(0, target.numel(), kRows,
                   [&](int64_t first, int64_t last) { kernel.scores_backward(pass, first, last); });
}

struct TokenLossFunction : torch::autograd::Function<TokenLossFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& h, const at::Tensor& weight,
                               const std::optional<at::Tensor>& bias, const at::Tensor& target, double smoothing) {
    const auto scores = scores_of(h, weight, bias.value_or(at::Tensor()));
    const auto losses = losses_of(scores, target);
    context->save_for_backward({h, weight, target, losses.log_sums});
    // Not among the saved ones, which may not be changed: dropped after use, so that a second way back is refused.
    context->saved_data["scores"] = scores;
    context->saved_data["smoothing"] = smoothing;
    context->mark_non_differentiable({losses.right});
    return {losses.loss, losses.right};
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    TORCH_CHECK(!at::GradMode::is_enabled() && context->saved_data["scores"].isTensor(),
                "the loss of tokens is differentiable once");
    const auto saved = context->get_saved_variables();
    const auto &h = saved[0], &weight = saved[1], &target = saved[2];
    const auto scores = context->saved_data["scores"].toTensor();
    context->saved_data["scores"] = at::IValue();
    to_gradient(scores, saved[3], target, upstream[0].to(at::kFloat).contiguous(),
                context->saved_data["smoothing"].toDouble());
    at::Tensor dh, dweight, dbias;
    if (context->needs_input_grad(0)) dh = at::mm(scores, weight.to(h.scalar_type()));
    if (context->needs_input_grad(1)) dweight = at::mm(scores.t(), h).to(at::kFloat);
    if (context->needs_input_grad(2)) dbias = scores.sum(0, /*keepdim=*/false, at::kFloat);
    return {dh, dweight, dbias, {}, {}};
  }
};

}  // namespace

TokenLoss token_loss(const at::Tensor& h, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& target,
                     double smoothing) {
  TORCH_CHECK(h.is_cpu() && (h.scalar_type() == at::kFloat || h.scalar_type() == at::kBFloat16),
              "the loss of tokens needs fp32 or bf16 on the CPU, was given ", h.options());
  TORCH_CHECK(h.dim() == 2 && weight.dim() == 2 && h.size(1) == weight.size(1) && target.dim() == 1 &&
                  target.scalar_type() == at::kLong && target.size(0) == h.size(0) && h.size(0) > 0,
              "the loss of tokens needs h [M, D], weight [V, D] and targets int64 [M], was given ", h.sizes(), ", ",
              weight.sizes(), " and ", target.sizes());
  const int64_t lowest = target.min().item<int64_t>(), highest = target.max().item<int64_t>();
  TORCH_CHECK(lowest >= 0 && highest < weight.size(0), "the loss of tokens was given targets from ", lowest, " to ",
              highest, "; the vocabulary has ", weight.size(0));
  const auto results = TokenLossFunction::apply(
      h.contiguous(), weight, bias.defined() ? std::optional(bias) : std::nullopt, target.contiguous(), smoothing);
  return {results[0], results[1]};
}

at::Tensor item_scores(const TokenLoss& tokens, const at::Tensor& item, const at::Tensor& counts) {
  const auto sums = at::zeros({counts.size(0), 2}, tokens.loss.options())
                        .index_add(0, item, at::stack({tokens.loss, tokens.right}, 1).narrow(0, 0, item.size(0)));
  return sums / counts.to(at::kFloat).unsqueeze(1);
}

}  // namespace tenfold::text
