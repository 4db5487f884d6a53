#pragma once
// Softmax attention of one head over the tokens of one text, forward and backward, without a [tokens, tokens] tensor
// in memory: scores are made for a few rows at a time, and again on the way back. Vaswani et al. 2017, arXiv
// 1706.03762; Dao et al. 2022, arXiv 2205.14135. Torch-free: plain pointers, one thread. Sums are fp32.

#include <cstdint>

#include "tenfold/nn/kernels/drops.h"

namespace tenfold::nn {

struct AttentionPass {
  const void* qkv = nullptr;   ///< the text's first row of [tokens, 3, heads, depth]: queries, keys, values
  void* out = nullptr;         ///< that of [tokens, heads, depth]
  float* log_sums = nullptr;   ///< [tokens] of this head: log Σ exp(score) of each row
  const void* dout = nullptr;  ///< backward: as out, which then is read
  void* dqkv = nullptr;        ///< backward: as qkv; this head's part is written
  int64_t tokens = 0, heads = 0, depth = 0, head = 0;
  float scale = 0;        ///< of scores: 1 / sqrt(depth)
  Drops drops;            ///< of attention weights: row of the batch and column decide
  int64_t first_row = 0;  ///< the text's first row in the batch
};

constexpr int64_t attention_rows = 24;  ///< queries that are worked on together

constexpr int64_t attention_padded(int64_t n) { return (n + 15) / 16 * 16; }

/// Floats of scratch that either pass needs, 64-byte aligned.
constexpr int64_t attention_scratch(int64_t tokens, int64_t depth) {
  const int64_t across = attention_padded(depth), along = attention_padded(tokens);
  return 8 * across * along + attention_rows * (2 * along + 2 * across);
}

}  // namespace tenfold::nn
