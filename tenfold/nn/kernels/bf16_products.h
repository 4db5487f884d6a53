#pragma once
// Matrix products of bf16 with fp32 sums for processors with AVX512-BF16, and around them an LSTM's step and a softmax
// over a vocabulary. Torch-free:
// plain pointers, one thread. Who calls them cuts the work in panels, each of which is summed in one order, so no bit
// depends on the number of threads.
//
// A bf16 matrix is read as words of two values: pair p of a row are its columns 2p and 2p + 1, which one instruction
// multiplies and adds. Right-hand sides are packed beforehand in panels [pairs][64] words.

#include <cstdint>

#include "tenfold/nn/kernels/kernels.h"

namespace tenfold::nn {

constexpr int64_t product_panel = 64;              ///< columns that are worked on together
constexpr int64_t lstm_panel = product_panel / 4;  ///< units of an LSTM, with their four gates
constexpr int64_t product_scratch(int64_t rows) { return rows * product_panel; }  ///< floats

/// Panels of n columns, of `width` each.
constexpr int64_t panels_of(int64_t n, int64_t width) { return (n + width - 1) / width; }

/// A block of a softmax over a vocabulary: `rows` tokens, `words` words. e[row][v] = exp(h · w_v + bias_v -
/// origin[row]) in bf16, 0 for a row's own target and beyond the words; what it adds up to is kept for each row.
struct SoftmaxBlock {
  const Bf16* h = nullptr;           ///< [rows, 2 · pairs]
  const uint32_t* packed = nullptr;  ///< the block's panels, [4][pairs][64]
  const float* bias = nullptr;       ///< [words]; null for 0
  const float* origin = nullptr;     ///< [rows]
  const int64_t* target = nullptr;   ///< [rows], counted from the block's first word
  int64_t rows = 0, pairs = 0, words = 0;
  Bf16* e = nullptr;         ///< [rows][softmax_block]; null where no gradient is wanted
  float* rest = nullptr;     ///< [rows]: Σ e but for the target's
  float* largest = nullptr;  ///< [rows]: the largest logit but the target's, -inf without one
  float* own = nullptr;      ///< [rows]: the target's logit, where it is in the block
};
constexpr int64_t softmax_block = 4 * product_panel;  ///< words

/// out[row][c] += Σ over p of the pairs left[row · row_step + p · pair_step] times right[p · 64 + c], c < 16 · vectors.
struct PairProduct {
  const uint32_t* left = nullptr;
  int64_t row_step = 0, pair_step = 0;
  const uint32_t* right = nullptr;
  int64_t rows = 0, pairs = 0, vectors = 0;  ///< vectors <= 4
  float* out = nullptr;
  int64_t out_step = 0;
};

struct Bf16Products {
  /// Panel `panel` of the transpose of a recurrent weight [4 · width, width], width even: units [16 panel, 16 panel +
  /// 16), the columns of each gate side by side. to: [width / 2][64].
  void (*pack_gates)(const Bf16* weight, int64_t width, int64_t panel, uint32_t* to);
  /// Panel `panel` of a matrix [rows, columns]: columns [64 panel, 64 panel + 64). to: [pairs][64], 0 beyond the rows.
  void (*pack)(const Bf16* matrix, int64_t rows, int64_t columns, int64_t panel, int64_t pairs, uint32_t* to);
  /// Panel `panel` of the transpose of a matrix [rows, columns], columns even: rows [64 panel, 64 panel + 64). to:
  /// [columns / 2][64], 0 beyond the rows.
  void (*pack_transposed)(const Bf16* matrix, int64_t rows, int64_t columns, int64_t panel, uint32_t* to);
  /// A step for the units of panel `panel`: adds hidden [batch, width] times the packed panel to the sums in
  /// pass.gates, then as LstmForward. scratch: product_scratch(batch) floats.
  void (*lstm_forward)(const LstmForward& pass, const Bf16* hidden, int64_t batch, const uint32_t* packed,
                       int64_t panel, float* scratch);
  /// A step back for units [64 panel, 64 panel + 64): dgates_after [batch, 4 · width] of the step after times the
  /// packed panel of the recurrent weight is what that step says of the hidden values; pass.dhidden is not looked at.
  void (*lstm_backward)(const LstmBackward& pass, const Bf16* dgates_after, int64_t batch, const uint32_t* packed,
                        int64_t panel, float* scratch);
  /// scratch: product_scratch(rows) floats.
  void (*softmax)(const SoftmaxBlock& block, float* scratch);
  /// sums[c] = Σ over rows of weight[row] · e[row · step + c], 64 of them.
  void (*weighed_sums)(const Bf16* e, int64_t rows, int64_t step, const float* weight, float* sums);
  void (*multiply)(const PairProduct& product);
};

/// Null where this processor or build lacks AVX512-BF16, or has AMX, with whose matrix unit LibTorch is faster.
const Bf16Products* bf16_products();

}  // namespace tenfold::nn
