#include "tenfold/nn/vocabulary_loss.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <optional>

#include "tenfold/nn/vocabulary_parts.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr int64_t kChunk = int64_t{1} << 24;  // logits at a time

at::ScalarType sums_of(const at::Tensor& h) { return h.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

/// With `upstream` [M], the gradients of Σ upstream · loss too.
VocabularyOutcome run(const VocabularyParts& parts, const at::Tensor& upstream) {
  if (has_own_products(parts)) return by_own_products(parts, upstream);
  const auto dtype = parts.h.scalar_type();
  const auto sums = parts.h.options().dtype(sums_of(parts.h));
  const int64_t tokens = parts.h.size(0), vocabulary = parts.weight.size(0);
  const int64_t chunk = std::max<int64_t>(1, kChunk / vocabulary);
  VocabularyOutcome out{.scores = {at::empty({tokens}, sums), at::empty({tokens}, sums)}};
  if (upstream.defined()) {
    out.dh = at::empty_like(parts.h);
    out.dweight = at::zeros(parts.weight.sizes(), sums);
    if (parts.bias.defined()) out.dbias = at::zeros({vocabulary}, sums);
  }
  const auto across = parts.weight.t();
  for (int64_t first = 0; first < tokens; first += chunk) {
    const int64_t count = std::min(chunk, tokens - first);
    const auto h = parts.h.narrow(0, first, count), targets = parts.targets.narrow(0, first, count).unsqueeze(1);
    auto logits = at::mm(h, across).to(sums.dtype());
    if (parts.bias.defined()) logits.add_(parts.bias);
    const auto whole = at::logsumexp(logits, 1, /*keepdim=*/true), own = logits.gather(1, targets);
    out.scores.loss.narrow(0, first, count).copy_((whole - own).squeeze(1));
    out.scores.right.narrow(0, first, count).copy_((own >= at::amax(logits, 1, /*keepdim=*/true)).squeeze(1));
    if (!upstream.defined()) continue;
    // The softmax less one at the target, in place of the logits.
    logits.sub_(whole).exp_().scatter_add_(1, targets, at::full_like(own, -1));
    logits.mul_(upstream.narrow(0, first, count).unsqueeze(1));
    const auto d = logits.to(dtype);
    out.dh.narrow(0, first, count).copy_(at::mm(d, parts.weight));
    out.dweight.add_(at::mm(d.t(), h));
    if (parts.bias.defined()) out.dbias.add_(logits.sum(0));
  }
  return out;
}

struct VocabularyLoss : torch::autograd::Function<VocabularyLoss> {
  static variable_list forward(AutogradContext* context, const at::Tensor& h, const at::Tensor& weight,
                               const std::optional<at::Tensor>& bias, const at::Tensor& targets) {
    const VocabularyParts parts{h, weight.detach().to(h.scalar_type()), bias ? bias->detach() : at::Tensor(), targets};
    const auto upstream = at::full({h.size(0)}, 1 / static_cast<double>(h.size(0)), h.options().dtype(sums_of(h)));
    const VocabularyOutcome out = run(parts, upstream);
    context->save_for_backward({h, weight, parts.bias, targets, out.dh, out.dweight, out.dbias});
    context->mark_non_differentiable({out.scores.right});
    return {out.scores.loss, out.scores.right};
  }

  static variable_list backward(AutogradContext* context, const variable_list& given) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "vocabulary_loss is differentiable once");
    const auto saved = context->get_saved_variables();
    const auto &h = saved[0], &weight = saved[1], &bias = saved[2];
    auto dh = saved[4], dweight = saved[5], dbias = saved[6];
    const auto upstream = given[0].contiguous();
    const double first = upstream[0].item<double>(), factor = first * static_cast<double>(h.size(0));
    if (!(upstream == first).all().item<bool>()) {
      auto again = run({h, weight.to(h.scalar_type()), bias, saved[3]}, upstream);
      dh = again.dh, dweight = again.dweight, dbias = again.dbias;
    } else if (factor != 1) {  // not in place: the graph may be gone through once more
      for (auto* gradient : {&dh, &dweight, &dbias})
        if (gradient->defined()) *gradient = *gradient * factor;
    }
    return {dh, dweight.to(weight.scalar_type()), dbias, {}};
  }
};

void check(const at::Tensor& h, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& targets) {
  TORCH_CHECK(h.dim() == 2 && weight.dim() == 2 && h.size(1) == weight.size(1) && h.size(0) > 0,
              "vocabulary_loss needs h [M, E] and weight [V, E], M at least 1; was given ", h.sizes(), " and ",
              weight.sizes());
  TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)), "vocabulary_loss needs a bias [",
              weight.size(0), "], was given ", bias.defined() ? bias.sizes() : at::IntArrayRef());
  TORCH_CHECK(targets.dim() == 1 && targets.size(0) == h.size(0) && targets.scalar_type() == at::kLong,
              "vocabulary_loss needs targets int64 [", h.size(0), "], was given ", targets.scalar_type(), " ",
              targets.sizes());
  TORCH_CHECK(targets.min().item<int64_t>() >= 0 && targets.max().item<int64_t>() < weight.size(0),
              "vocabulary_loss needs targets from 0 to below ", weight.size(0), ", was given ",
              targets.min().item<int64_t>(), " to ", targets.max().item<int64_t>());
}

}  // namespace

TokenScores vocabulary_loss(const at::Tensor& h, const at::Tensor& weight, const at::Tensor& bias,
                            const at::Tensor& targets) {
  check(h, weight, bias, targets);
  const bool graph = at::GradMode::is_enabled() &&
                     (h.requires_grad() || weight.requires_grad() || (bias.defined() && bias.requires_grad()));
  if (!graph) return run({h.contiguous(), weight.to(h.scalar_type()), bias, targets}, at::Tensor()).scores;
  const auto results =
      VocabularyLoss::apply(h.contiguous(), weight, bias.defined() ? std::optional(bias) : std::nullopt, targets);
  return {results[0], results[1]};
}

}  // namespace tenfold::nn
