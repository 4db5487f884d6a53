#pragma once
// Inner loops of the 3x3 convolution by Winograd's minimal filtering, F(2x2, 3x3): 16 multiplications for four outputs
// where the definition takes 36. Lavin & Gray 2016, "Fast algorithms for convolutional neural networks", arXiv
// 1509.09308. In bf16 with fp32 sums, for processors with AVX512-BF16. Torch-free: plain pointers, one thread.
//
// Images are [N, height, width, C] bf16. A tile is a 2 x 2 piece of the output, numbered through the batch row by row;
// its input is 4 x 4 pixels, zero beyond the border.

#include <cstdint>

namespace tenfold::nn {

struct WinogradShape {
  int64_t height = 0, width = 0;  ///< of input and output
  int64_t in = 0, out = 0;        ///< channels, multiples of 8
  int64_t tile_rows() const { return (height + 1) / 2; }
  int64_t tile_columns() const { return (width + 1) / 2; }
  int64_t tiles() const { return tile_rows() * tile_columns(); }  ///< of one image
};

constexpr int64_t winograd_panel = 64;  ///< output channels that are worked on together

constexpr int64_t winograd_group = 128;  ///< the most that a weight's gradient is summed for at a time

/// Panels of output channels.
constexpr int64_t winograd_panels(int64_t out) { return (out + winograd_panel - 1) / winograd_panel; }

/// 3x3 filters, read and written as the kernels go: element (out, in, row, column) is first[out · out_step + …]. Steps
/// within 2^31 / 16.
struct WinogradFilters {
  int64_t out = 0, in = 0;
  int64_t out_step = 0, in_step = 0, row_step = 0, column_step = 0;
};

struct WinogradKernels {
  /// G g Gᵀ in bf16 of the pairs of input channels [first, last) of panel `panel`: fills u[panel, 16, in / 2, 64].
  void (*transform_filters)(const WinogradFilters& filters, const float* from, int64_t panel, int64_t first,
                            int64_t last, uint32_t* u);
  /// Gᵀ u G, summed over `pieces`, of input channels [first, last). sums [pieces, groups, 16, in, winograd_group].
  void (*gradient_filters)(const WinogradFilters& filters, const float* sums, int64_t pieces, int64_t first,
                           int64_t last, float* to);
  /// y of tiles [first, last), at most `block` of them. u: transformed weights, [panel, 16, in / 2, 64] pairs of bf16.
  /// scratch: scratch_bytes(shape, block), 64-byte aligned.
  void (*forward)(const WinogradShape& shape, const uint16_t* x, const uint32_t* u, uint16_t* y, int64_t first,
                  int64_t last, int64_t block, void* scratch);
  /// sums[16, in, winograd_group] += what tiles [first, last) add to the transformed weights' gradient, for output
  /// channels [from, from + columns), columns <= winograd_group, a multiple of 16 or up to the last channel. dy like x
  /// with `out` channels; block is even.
  void (*weight_gradient)(const WinogradShape& shape, const uint16_t* x, const uint16_t* dy, int64_t from,
                          int64_t columns, float* sums, int64_t first, int64_t last, int64_t block, void* scratch);
};

/// Room for a block of tiles: both transforms, a panel of products, and a pixel of zeros.
constexpr int64_t winograd_scratch_bytes(const WinogradShape& shape, int64_t block) {
  const int64_t padded_in = (shape.in + 15) / 16 * 16, padded_out = (shape.out + 15) / 16 * 16;
  return 16 * block * (padded_in * 2 + padded_out * 2 + winograd_panel * 4) + (padded_in + padded_out) * 2 + 256;
}

/// Null where this processor or build lacks AVX512-BF16, or has AMX, whose matrix unit does the 36 faster.
const WinogradKernels* winograd_kernels();

}  // namespace tenfold::nn
