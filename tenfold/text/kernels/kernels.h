#pragma once
// Inner loops of translation, compiled once for each instruction set and chosen when the program runs: attention over
// sentences that lie one behind the other, and the cross-entropy of tokens. Torch-free: plain pointers, one thread.

#include <cstdint>
#include <string_view>

#include "tenfold/nn/kernels/drops.h"
#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::text {

/// Sentences one behind the other: rows starts[n] … starts[n + 1] are sentence n. A row holds its heads side by side,
/// `width` numbers each, a multiple of 16; strides are the distance of rows, in numbers. Units of work are numbered
/// sentence · heads + head.
struct PackedAttention {
  const void *query = nullptr, *key = nullptr, *value = nullptr;
  int64_t query_stride = 0, key_stride = 0;  ///< value has key's
  const int64_t *query_starts = nullptr, *key_starts = nullptr;
  int64_t heads = 0, width = 0;
  float scale = 1;
  bool causal = false;                      ///< a query sees the keys up to its own place; then starts are the same
  int64_t most_queries = 0, most_keys = 0;  ///< in a sentence
  float* log_sums = nullptr;                ///< [queries, heads], written forwards and read backwards
};

struct PackedAttentionGradient {
  const void* out = nullptr;                                ///< gradient of the result, [queries, heads · width]
  void *query = nullptr, *key = nullptr, *value = nullptr;  ///< strides as above
};

/// Rows of scores and what is told of them.
struct TokenScores {
  void* scores = nullptr;  ///< [rows, classes]; backwards overwritten by their gradient
  int64_t classes = 0;
  const int64_t* target = nullptr;
  float* log_sums = nullptr;
  float *loss = nullptr, *right = nullptr;  ///< forwards; right: 1 where the target is the first of the largest
  const float* gradient = nullptr;          ///< backwards: of each loss
  float smoothing = 0;                      ///< backwards
};

/// Element by element over rows [rows, width], under the mask of a dropout.
struct DroppedRows {
  const void* x = nullptr;  ///< dropped_sum: may be null, which is 0
  const void* branch = nullptr;
  void* out = nullptr;
  int64_t width = 0;
  nn::Drops drops;
};

struct Kernels {
  /// fp32 numbers of scratch memory for one thread.
  int64_t (*attention_scratch)(const PackedAttention& pass);
  void (*attention_forward)(const PackedAttention& pass, void* out, int64_t first, int64_t last, float* scratch);
  void (*attention_backward)(const PackedAttention& pass, const PackedAttentionGradient& gradient, int64_t first,
                             int64_t last, float* scratch);
  void (*scores_forward)(const TokenScores& pass, int64_t first, int64_t last);
  void (*scores_backward)(const TokenScores& pass, int64_t first, int64_t last);
  /// out = x + branch · mask.
  void (*dropped_sum)(const DroppedRows& pass, int64_t first, int64_t last);
  /// out = max(branch, 0) · mask.
  void (*dropped_relu)(const DroppedRows& pass, int64_t first, int64_t last);
  /// out = branch · mask where x, what dropped_relu made, is above 0; else 0.
  void (*dropped_relu_backward)(const DroppedRows& pass, int64_t first, int64_t last);
};

struct KernelSet {
  std::string_view name;  ///< "avx512", "avx2", "portable"
  Kernels fp32, bf16;
};

/// The best that this processor runs.
const KernelSet& kernels();
/// By name; null where this processor or build lacks it.
const KernelSet* kernels(std::string_view name);

}  // namespace tenfold::text
