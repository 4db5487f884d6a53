#pragma once
// Inner loops of norm, depthwise convolution and LSTM, compiled once for each instruction set and chosen when the
// program runs. Torch-free: plain pointers, one thread, no memory of their own. Who calls them cuts the work in pieces
// that do not depend on the number of threads, so the results do not either.

#include <cstdint>
#include <string_view>

namespace tenfold::nn {

/// bfloat16: the upper half of a float.
struct Bf16 {
  uint16_t bits;
};

/// The columns of a [rows, width] view that a kernel works on: `width` is a multiple of 16 and of the channels, so that
/// any number of channels fills whole vectors; the last row may be cut short. Rows of parameters are `width` long,
/// channels repeated.
struct Lanes {
  int64_t width = 0;
  int64_t elements = 0;
  int64_t rows() const { return (elements + width - 1) / width; }
};

/// y = clamp((x - mean) · scale + bias + residual, low, high). A NaN stays one.
struct NormForward {
  const void* x = nullptr;
  const void* residual = nullptr;  ///< may be null
  void* y = nullptr;
  const float *mean = nullptr, *scale = nullptr, *bias = nullptr;
  float low = 0, high = 0;
};

/// g = dy where the clamp passed, else 0; known from y, or where that is null, from x and residual as in NormForward.
/// dx = scale · g - (slope · (x - mean) + offset); dresidual = g.
struct NormBackward {
  const void *x = nullptr, *residual = nullptr,
             *y = nullptr;  ///< x may be null where neither the clamp nor slope needs it
  const void* dy = nullptr;
  void *dx = nullptr, *dresidual = nullptr;  ///< either may be null
  const float *mean = nullptr, *scale = nullptr, *bias = nullptr;
  const float *slope = nullptr, *offset = nullptr;  ///< both null: dx = scale · g
  float low = 0, high = 0;
};

/// The largest of each 2 x 2 pixels of x [N, height, width, C], an odd last row or column left out, C a multiple of 16.
struct PoolForward {
  const void* x = nullptr;
  void* pooled = nullptr;         ///< [N, height / 2, width / 2, C]
  const float* origin = nullptr;  ///< [C]; moments are of what is left above it
  int64_t height = 0, width = 0, channels = 0;
};

/// One output position along a side: `count` pairs of source position and kernel tap.
struct Taps {
  int32_t source = 0, source_step = 0;
  int32_t tap = 0, tap_step = 0;
  int32_t count = 0;
};

/// out[n, i, j, c] = bias[c] + Σ in[n, source_i, source_j, c] · weight[tap_i · kernel + tap_j][c]: a depthwise
/// convolution, or its gradient.
struct Depthwise {
  const void* in = nullptr;                                ///< [N, in_height, in_width, C]
  void* out = nullptr;                                     ///< [N, out_height, out_width, C]
  const float* weight = nullptr;                           ///< [kernel · kernel, C]
  const float* bias = nullptr;                             ///< [C]; null for 0
  const Taps *row_taps = nullptr, *column_taps = nullptr;  ///< [out_height], [out_width]
  int64_t in_height = 0, in_width = 0, out_height = 0, out_width = 0, channels = 0, kernel = 0;
};

/// sums[tap][c] += Σ dy[n, i, j, c] · x[n, i · stride - top + tap_i, j · stride - left + tap_j, c].
struct DepthwiseWeight {
  const void *x = nullptr, *dy = nullptr;  ///< [N, height, width, C], [N, out_height, out_width, C]
  int64_t height = 0, width = 0, out_height = 0, out_width = 0, channels = 0, kernel = 0, stride = 0, top = 0, left = 0;
};

/// One step of an LSTM for rows of the batch. gates [B, 4 · width]: the sums of input, forget, candidate and output
/// gate going in, their activations coming out. Hidden values and gates are in the dtype, cells fp32.
struct LstmForward {
  void* gates = nullptr;
  const float* cell_before = nullptr;  ///< [B, width]
  float* cell = nullptr;               ///< [B, width]
  void* hidden = nullptr;              ///< [B, width]
  int64_t width = 0;
};

/// Its gradient, from the activations that it left.
struct LstmBackward {
  const void* gates = nullptr;
  const float *cell_before = nullptr, *cell = nullptr;
  const void *dy = nullptr, *dhidden = nullptr;  ///< [B, width]: of the output, and what the step after says
  float* dcell = nullptr;                        ///< [B, width]: of the step after going in, for the one before out
  void* dgates = nullptr;                        ///< [B, 4 · width]
  int64_t width = 0;
};

struct AttentionPass;        // kernels/attention.h
struct ResidualNormForward;  // kernels/residual_norm.h
struct ResidualNormBackward;

/// For one dtype. Ranges are of rows of Lanes, or of output rows counted through the batch (n · out_height + i).
struct Kernels {
  /// sums += x - origin, squares += (x - origin)², each [width].
  void (*moments)(const void* x, const float* origin, const Lanes& lanes, int64_t first, int64_t last, float* sums,
                  float* squares);
  void (*norm_forward)(const NormForward& pass, const Lanes& lanes, int64_t first, int64_t last);
  /// sums += g, products += g · (x - mean), each [width].
  void (*norm_sums)(const NormBackward& pass, const Lanes& lanes, int64_t first, int64_t last, float* sums,
                    float* products);
  void (*norm_backward)(const NormBackward& pass, const Lanes& lanes, int64_t first, int64_t last);
  /// The same without residual and with GELU instead of the clamp; y is not looked at.
  void (*norm_gelu_forward)(const NormForward& pass, const Lanes& lanes, int64_t first, int64_t last);
  void (*norm_gelu_sums)(const NormBackward& pass, const Lanes& lanes, int64_t first, int64_t last, float* sums,
                         float* products);
  void (*norm_gelu_backward)(const NormBackward& pass, const Lanes& lanes, int64_t first, int64_t last);
  /// Pools and adds the moments of what it pooled. Lines are of pooled pixels, n · (height / 2) + i.
  void (*pool_moments)(const PoolForward& pass, int64_t first, int64_t last, float* sums, float* squares);
  /// norm_gelu_backward and then back through the pool, in one pass: pass.dy is [N, height / 2, width / 2, C], pass.dx
  /// [N, height, width, C], every element of which is written; pass.x is not looked at.
  void (*pool_norm_gelu_backward)(const NormBackward& pass, const PoolForward& pool, int64_t first, int64_t last);
  void (*depthwise)(const Depthwise& pass, int64_t first, int64_t last);
  void (*depthwise_weight)(const DepthwiseWeight& pass, int64_t first, int64_t last, float* sums);
  /// Ranges are of rows of the batch.
  void (*lstm_forward)(const LstmForward& pass, int64_t first, int64_t last);
  void (*lstm_backward)(const LstmBackward& pass, int64_t first, int64_t last);
  /// Attention of one head over one text. scratch: attention_scratch(…) floats.
  void (*attention_forward)(const AttentionPass& pass, float* scratch);
  void (*attention_backward)(const AttentionPass& pass, float* scratch);
  /// Ranges are of rows; dweight, dbias [channels] are added to.
  void (*residual_norm_forward)(const ResidualNormForward& pass, int64_t first, int64_t last);
  void (*residual_norm_backward)(const ResidualNormBackward& pass, int64_t first, int64_t last, float* dweight,
                                 float* dbias);
};

struct KernelSet {
  std::string_view name;  ///< "avx512", "avx2", "portable"
  Kernels fp32, bf16;
};

/// The best that this processor runs.
const KernelSet& kernels();
/// By name; null where this processor or build lacks it.
const KernelSet* kernels(std::string_view name);

}  // namespace tenfold::nn
