#pragma once
// Attention over sentences of any lengths that lie one behind the other, without padding: of a sentence to itself, to
// its own past, and to another sentence. Vaswani et al. 2017, arXiv 1706.03762, section 3.2.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace tenfold::text {

/// Sentence n has the rows [starts[n], starts[n + 1]); shared by all layers of a pass.
using Starts = std::shared_ptr<const std::vector<int64_t>>;

/// What a token sees of its own sentence: all of it, or itself and what came before.
enum class Sight { whole, past };

/// softmax(q kᵀ / sqrt(depth)) v of each head. qkv [M, 3 · D] fp32 or bf16 on the CPU: queries, keys and values of all
/// heads; D / heads a multiple of 16 → [M, D] of the same dtype, in fp32 arithmetic, the same bits for any number of
/// threads. Rows behind the last sentence become 0. Differentiable once.
at::Tensor self_attention(const at::Tensor& qkv, const Starts& starts, int64_t heads, Sight sight);

/// The same of queries [M, D] to keys and values [K, 2 · D] of as many other sentences, none of them empty.
at::Tensor cross_attention(const at::Tensor& queries, const at::Tensor& keys_values, const Starts& query_starts,
                           const Starts& key_starts, int64_t heads);

}  // namespace tenfold::text
