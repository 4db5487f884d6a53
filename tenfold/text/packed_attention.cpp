#include "tenfold/text/packed_attention.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "tenfold/text/kernels/kernels.h"

namespace tenfold::text {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kFloat ? kernels().fp32 : kernels().bf16;
}

/// Which sentences, and who sees what.
struct Layout {
  Starts queries, keys;
  int64_t heads = 0;
  Sight sight = Sight::whole;

  int64_t sentences() const { return static_cast<int64_t>(queries->size()) - 1; }
};

int64_t longest(const std::vector<int64_t>& starts) {
  int64_t most = 0;
  for (size_t k = 1; k < starts.size(); ++k) most = std::max(most, starts[k] - starts[k - 1]);
  return most;
}

/// Columns [from, from + width) of a tensor of rows, as kernels see them.
void* columns(const at::Tensor& rows, int64_t from) {
  return static_cast<std::byte*>(rows.data_ptr()) + static_cast<size_t>(from) * rows.element_size();
}

PackedAttention pass_of(const Layout& layout, const at::Tensor& query, const at::Tensor& keys_values,
                        int64_t key_column, const at::Tensor& log_sums) {
  const int64_t depth = (keys_values.size(1) - key_column) / 2;
  return {.query = columns(query, 0),
          .key = columns(keys_values, key_column),
          .value = columns(keys_values, key_column + depth),
          .query_stride = query.size(1),
          .key_stride = keys_values.size(1),
          .query_starts = layout.queries->data(),
          .key_starts = layout.keys->data(),
          .heads = layout.heads,
          .width = depth / layout.heads,
          .scale = static_cast<float>(1 / std::sqrt(static_cast<double>(depth / layout.heads))),
          .causal = layout.sight == Sight::past,
          .most_queries = longest(*layout.queries),
          .most_keys = longest(*layout.keys),
          .log_sums = log_sums.mutable_data_ptr<float>()};
}

/// Heads of a sentence by one thread, so that its keys' gradients are summed in one order.
template <class Work>
void for_units(const Layout& layout, int64_t scratch, Work&& work) {
  at::parallel_for(0, layout.sentences() * layout.heads, 16, [&](int64_t first, int64_t last) {
    std::vector<float> memory(static_cast<size_t>(scratch));
    work(first, last, memory.data());
  });
}

/// Rows behind the last sentence see nothing and are not seen.
void clear_rest(const at::Tensor& rows, const std::vector<int64_t>& starts) { rows.slice(0, starts.back()).zero_(); }

at::Tensor attend(const Layout& layout, const at::Tensor& query, const at::Tensor& keys_values, int64_t key_column,
                  const at::Tensor& log_sums) {
  const auto& kernel = kernels_for(query);
  const auto pass = pass_of(layout, query, keys_values, key_column, log_sums);
  auto out = at::empty({query.size(0), pass.heads * pass.width}, query.options());
  clear_rest(out, *layout.queries);
  for_units(layout, kernel.attention_scratch(pass), [&](int64_t first, int64_t last, float* scratch) {
    kernel.attention_forward(pass, out.data_ptr(), first, last, scratch);
  });
  return out;
}

/// Fills the gradients, which are laid out as query and keys_values.
void attend_back(const Layout& layout, const at::Tensor& query, const at::Tensor& keys_values, int64_t key_column,
                 const at::Tensor& log_sums, const at::Tensor& upstream, const at::Tensor& query_gradient,
                 const at::Tensor& key_gradient) {
  const auto& kernel = kernels_for(query);
  const auto pass = pass_of(layout, query, keys_values, key_column, log_sums);
  const int64_t depth = pass.heads * pass.width;
  clear_rest(query_gradient, *layout.queries);
  clear_rest(key_gradient, *layout.keys);
  const PackedAttentionGradient gradient{.out = upstream.const_data_ptr(),
                                         .query = columns(query_gradient, 0),
                                         .key = columns(key_gradient, key_column),
                                         .value = columns(key_gradient, key_column + depth)};
  for_units(layout, kernel.attention_scratch(pass), [&](int64_t first, int64_t last, float* scratch) {
    kernel.attention_backward(pass, gradient, first, last, scratch);
  });
}

void check_once() { TORCH_CHECK(!at::GradMode::is_enabled(), "attention is differentiable once"); }

struct SelfAttention : torch::autograd::Function<SelfAttention> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& qkv, const Layout& layout) {
    auto log_sums = at::empty({qkv.size(0), layout.heads}, at::kFloat);
    auto out = attend(layout, qkv, qkv, qkv.size(1) / 3, log_sums);
    context->save_for_backward({qkv, log_sums});
    context->saved_data["heads"] = layout.heads;
    context->saved_data["past"] = layout.sight == Sight::past;
    context->saved_data["starts"] = *layout.queries;
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    check_once();
    const auto saved = context->get_saved_variables();
    const auto starts = std::make_shared<const std::vector<int64_t>>(context->saved_data["starts"].toIntVector());
    const Layout layout{starts, starts, context->saved_data["heads"].toInt(),
                        context->saved_data["past"].toBool() ? Sight::past : Sight::whole};
    auto gradient = at::empty_like(saved[0]);
    attend_back(layout, saved[0], saved[0], saved[0].size(1) / 3, saved[1], upstream[0].contiguous(), gradient,
                gradient);
    return {gradient, {}};
  }
};

struct CrossAttention : torch::autograd::Function<CrossAttention> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& queries, const at::Tensor& keys_values,
                            const Layout& layout) {
    auto log_sums = at::empty({queries.size(0), layout.heads}, at::kFloat);
    auto out = attend(layout, queries, keys_values, 0, log_sums);
    context->save_for_backward({queries, keys_values, log_sums});
    context->saved_data["heads"] = layout.heads;
    context->saved_data["query_starts"] = *layout.queries;
    context->saved_data["key_starts"] = *layout.keys;
    return out;
  }

  static variable_list backward(AutogradContext* context, const variable_list& upstream) {
    check_once();
    const auto saved = context->get_saved_variables();
    const auto starts = [&](const char* which) {
      return std::make_shared<const std::vector<int64_t>>(context->saved_data[which].toIntVector());
    };
    const Layout layout{starts("query_starts"), starts("key_starts"), context->saved_data["heads"].toInt(),
                        Sight::whole};
    auto query_gradient = at::empty_like(saved[0]), key_gradient = at::empty_like(saved[1]);
    attend_back(layout, saved[0], saved[1], 0, saved[2], upstream[0].contiguous(), query_gradient, key_gradient);
    return {query_gradient, key_gradient, {}};
  }
};

void check(const at::Tensor& rows, int64_t parts, const Starts& starts, int64_t heads) {
  TORCH_CHECK(rows.is_cpu() && (rows.scalar_type() == at::kFloat || rows.scalar_type() == at::kBFloat16),
              "attention over packed sentences needs fp32 or bf16 on the CPU, was given ", rows.options());
  TORCH_CHECK(rows.dim() == 2 && rows.size(1) % (parts * heads * 16) == 0, "attention of ", heads, " heads needs [M, ",
              parts, " x heads x a multiple of 16], was given ", rows.sizes());
  TORCH_CHECK(!starts->empty() && starts->back() <= rows.size(0), "attention needs sentences of ", rows.size(0),
              " tokens together at most, was given ", starts->empty() ? 0 : starts->back());
}

}  // namespace

at::Tensor self_attention(const at::Tensor& qkv, const Starts& starts, int64_t heads, Sight sight) {
  check(qkv, 3, starts, heads);
  return SelfAttention::apply(qkv.contiguous(), Layout{starts, starts, heads, sight});
}

at::Tensor cross_attention(const at::Tensor& queries, const at::Tensor& keys_values, const Starts& query_starts,
                           const Starts& key_starts, int64_t heads) {
  check(queries, 1, query_starts, heads);
  check(keys_values, 2, key_starts, heads);
  TORCH_CHECK(query_starts->size() == key_starts->size() && keys_values.size(1) == 2 * queries.size(1) &&
                  keys_values.scalar_type() == queries.scalar_type(),
              "attention of ", queries.sizes(), " to ", keys_values.sizes(),
              " needs as many sentences, twice the columns, one dtype");
  return CrossAttention::apply(queries.contiguous(), keys_values.contiguous(),
                               Layout{query_starts, key_starts, heads, Sight::whole});
}

}  // namespace tenfold::text
