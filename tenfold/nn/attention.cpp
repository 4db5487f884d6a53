#include "tenfold/nn/attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/nn/dropped.h"
#include "tenfold/nn/keep_mask.h"
#include "tenfold/nn/kernels/attention.h"
#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct Sizes {
  int64_t tokens, heads, depth;
};

Sizes sizes_of(const at::Tensor& qkv, int64_t heads) { return {qkv.size(0), heads, qkv.size(1) / 3 / heads}; }

/// body(pass, scratch) for every head of every text. Heads are shared out among the threads first, so that each has
/// texts of all lengths.
template <class Body>
void for_each_head(const AttentionPass& of_all, const Sizes& sizes, const std::vector<int64_t>& starts,
                   const Dropped& dropped, size_t bytes_a_value, const Body& body) {
  const auto texts = static_cast<int64_t>(starts.size()) - 1;
  int64_t longest = 0;
  for (int64_t k = 0; k < texts; ++k)
    longest = std::max(longest, starts[static_cast<size_t>(k) + 1] - starts[static_cast<size_t>(k)]);
  const auto past = [&](const void* from, int64_t row, int64_t width) -> const void* {
    return static_cast<const char*>(from) + static_cast<size_t>(row * width) * bytes_a_value;
  };
  const int64_t width = sizes.heads * sizes.depth;
  at::parallel_for(0, sizes.heads * texts, 1, [&](int64_t begin, int64_t end) {
    auto scratch = at::empty({attention_scratch(longest, sizes.depth)}, at::kFloat);
    for (int64_t task = begin; task < end; ++task) {
      const int64_t head = task / texts;
      const auto text = static_cast<size_t>(task % texts);
      const int64_t first = starts[text];
      if (starts[text + 1] == first) continue;
      AttentionPass pass = of_all;
      pass.tokens = starts[text + 1] - first;
      pass.heads = sizes.heads;
      pass.depth = sizes.depth;
      pass.head = head;
      pass.first_row = first;
      pass.scale = 1 / std::sqrt(static_cast<float>(sizes.depth));
      pass.qkv = past(of_all.qkv, first, 3 * width);
      pass.out = const_cast<void*>(past(of_all.out, first, width));
      pass.log_sums = of_all.log_sums + head * sizes.tokens + first;
      if (of_all.dout) pass.dout = past(of_all.dout, first, width);
      if (of_all.dqkv) pass.dqkv = const_cast<void*>(past(of_all.dqkv, first, 3 * width));
      pass.drops = drops_of(dropped, static_cast<uint32_t>(head));
      body(pass, scratch.mutable_data_ptr<float>());
    }
  });
}

const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kBFloat16 ? kernels().bf16 : kernels().fp32;
}

struct Fused : torch::autograd::Function<Fused> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& qkv, const std::vector<int64_t>& starts,
                            int64_t heads, const Dropped& dropped) {
    const auto sizes = sizes_of(qkv, heads);
    auto out = at::empty({sizes.tokens, qkv.size(1) / 3}, qkv.options());
    auto log_sums = at::empty({heads, sizes.tokens}, at::kFloat);
    const AttentionPass pass{
        .qkv = qkv.const_data_ptr(), .out = out.mutable_data_ptr(), .log_sums = log_sums.mutable_data_ptr<float>()};
    for_each_head(pass, sizes, starts, dropped, qkv.element_size(), kernels_for(qkv).attention_forward);
    context->save_for_backward({qkv, out, log_sums});
    context->saved_data["starts"] = starts;
    context->saved_data["share"] = dropped.share;
    context->saved_data["key"] = static_cast<int64_t>(dropped.key);
    context->saved_data["call"] = static_cast<int64_t>(dropped.call);
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "Attention is differentiable once");
    const auto saved = context->get_saved_variables();
    const auto &qkv = saved[0], &out = saved[1], &log_sums = saved[2];
    const auto dout = gradients[0].contiguous();
    auto dqkv = at::empty_like(qkv);
    const Dropped dropped{context->saved_data["share"].toDouble(),
                          static_cast<uint64_t>(context->saved_data["key"].toInt()),
                          static_cast<uint64_t>(context->saved_data["call"].toInt())};
    const AttentionPass pass{.qkv = qkv.const_data_ptr(),
                             .out = const_cast<void*>(out.const_data_ptr()),
                             .log_sums = const_cast<float*>(log_sums.const_data_ptr<float>()),
                             .dout = dout.const_data_ptr(),
                             .dqkv = dqkv.mutable_data_ptr()};
    for_each_head(pass, sizes_of(qkv, log_sums.size(0)), context->saved_data["starts"].toIntVector(), dropped,
                  qkv.element_size(), kernels_for(qkv).attention_backward);
    return {dqkv, {}, {}, {}};
  }
};

/// q, k, v [heads, T, depth] of one text.
std::vector<at::Tensor> parts_of(const at::Tensor& qkv, int64_t heads) {
  return qkv.view({qkv.size(0), 3, heads, qkv.size(1) / 3 / heads}).permute({1, 2, 0, 3}).unbind(0);
}

at::Tensor weights_of(const std::vector<at::Tensor>& parts) {
  const double scale = 1 / std::sqrt(static_cast<double>(parts[0].size(2)));
  const auto scores = at::matmul(parts[0] * scale, parts[1].transpose(1, 2));
  return at::softmax(scores, -1, scores.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
}

/// In LibTorch's operations, for other devices and dtypes. Dropout draws other masks than the kernel.
at::Tensor by_operations(const at::Tensor& qkv, const std::vector<int64_t>& starts, int64_t heads,
                         const Dropped& dropped) {
  std::vector<int64_t> lengths;
  for (size_t k = 0; k + 1 < starts.size(); ++k) lengths.push_back(starts[k + 1] - starts[k]);
  std::vector<at::Tensor> seen;
  uint64_t call = dropped.call << 20;  // texts apart
  for (const auto& text : qkv.split_with_sizes(lengths, 0)) {
    const auto parts = parts_of(text, heads);
    auto weights = weights_of(parts);
    if (dropped.share > 0)
      weights = weights * keep_mask(weights.numel(), dropped.share, dropped.key, call++)
                              .view(weights.sizes())
                              .to(weights.device(), weights.scalar_type());
    const auto mean = at::matmul(weights.to(qkv.scalar_type()), parts[2]);
    seen.push_back(mean.transpose(0, 1).reshape({text.size(0), text.size(1) / 3}));
  }
  return at::cat(seen);
}

}  // namespace

AttentionImpl::AttentionImpl(const AttentionOptions& options) : options_(options) {
  if (options.heads < 1)
    throw ConfigError("attention.heads", "is " + std::to_string(options.heads) + "; needs at least 1");
  if (!(options.dropout >= 0 && options.dropout < 1))
    throw ConfigError("attention.dropout",
                      "is " + std::to_string(options.dropout) + "; needs a probability from 0 to below 1");
}

torch::Tensor AttentionImpl::forward(const torch::Tensor& qkv, const std::vector<int64_t>& starts) {
  TORCH_CHECK(qkv.dim() == 2 && qkv.size(1) % (3 * options_.heads) == 0, "attention needs [M, 3 · D], D a multiple of ",
              options_.heads, " heads, was given ", qkv.sizes());
  TORCH_CHECK(starts.size() > 1 && starts.front() == 0 && starts.back() == qkv.size(0) &&
                  std::is_sorted(starts.begin(), starts.end()),
              "attention needs where texts begin, from 0 to ", qkv.size(0));
  Dropped dropped;
  if (is_training() && options_.dropout > 0) dropped = {options_.dropout, key_, calls_++};
  const auto type = qkv.scalar_type();
  if (qkv.is_cpu() && (type == at::kFloat || type == at::kBFloat16))
    return Fused::apply(qkv.contiguous(), starts, options_.heads, dropped);
  return by_operations(qkv, starts, options_.heads, dropped);
}

torch::Tensor attention_weights(const torch::Tensor& qkv, int64_t heads) {
  return weights_of(parts_of(qkv.detach().to(at::kFloat).contiguous(), heads));
}

}  // namespace tenfold::nn
