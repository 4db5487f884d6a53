#pragma once
// Norm layers' passes over [rows, channels]: how they are cut in pieces that do not depend on the number of threads,
// what they sum up for each channel, and the arithmetic on those sums. Internal to this room.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "tenfold/nn/kernels/kernels.h"
#include "tenfold/nn/norm_fused.h"

namespace tenfold::nn {

inline constexpr int64_t piece = 32768;  // elements that one thread takes at a time: enough to pay for waking it

inline const Kernels& kernels_for(const at::Tensor& x) {
  return x.scalar_type() == at::kFloat ? kernels().fp32 : kernels().bf16;
}

inline Lanes lanes_of(const at::Tensor& x) {
  const int64_t channels = x.size(1);
  return {.width = std::lcm<int64_t>(channels, 16), .elements = x.numel()};
}

/// `channels` values repeated up to the width of a row of lanes.
template <class Value>
std::vector<float> repeated(const Value* values, int64_t channels, int64_t width) {
  std::vector<float> row(static_cast<size_t>(width));
  for (int64_t i = 0; i < width; ++i) row[static_cast<size_t>(i)] = static_cast<float>(values[i % channels]);
  return row;
}

/// Two sums for each channel.
struct ColumnSums {
  std::vector<double> first, second;
};

/// add(from, to, first, second) adds rows [from, to) of `width` values to two fp32 rows that start at 0. fp32 within
/// piece_rows rows, double across them.
template <class Add>
ColumnSums column_sums(int64_t rows, int64_t piece_rows, int64_t width, int64_t channels, Add&& add) {
  const int64_t pieces = (rows + piece_rows - 1) / piece_rows;
  std::vector<float> partial(static_cast<size_t>(pieces * 2 * width), 0.0f);
  at::parallel_for(0, pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      float* sums = partial.data() + p * 2 * width;
      add(p * piece_rows, std::min(rows, (p + 1) * piece_rows), sums, sums + width);
    }
  });
  std::vector<double> total(static_cast<size_t>(2 * width), 0.0);
  for (int64_t p = 0; p < pieces; ++p)
    for (int64_t i = 0; i < 2 * width; ++i)
      total[static_cast<size_t>(i)] += partial[static_cast<size_t>(p * 2 * width + i)];
  ColumnSums sums{std::vector<double>(static_cast<size_t>(channels)),
                  std::vector<double>(static_cast<size_t>(channels))};
  for (int64_t i = 0; i < width; ++i) {
    sums.first[static_cast<size_t>(i % channels)] += total[static_cast<size_t>(i)];
    sums.second[static_cast<size_t>(i % channels)] += total[static_cast<size_t>(width + i)];
  }
  return sums;
}

template <class Add>
ColumnSums column_sums(const Lanes& lanes, int64_t channels, Add&& add) {
  return column_sums(lanes.rows(), std::max<int64_t>(128, piece / lanes.width), lanes.width, channels, add);
}

template <class Work>
void for_rows_in_parallel(const Lanes& lanes, Work&& work) {
  at::parallel_for(0, lanes.rows(), std::max<int64_t>(1, piece / lanes.width), work);
}

/// Rows of the table that a pass keeps, each [C] fp32.
enum Row : int64_t { row_mean, row_scale, row_bias, row_deviation, row_count };  // deviation: 1 / sqrt(variance + eps)

inline std::vector<float> repeated(const at::Tensor& table, Row row, const Lanes& lanes) {
  return repeated(table.const_data_ptr<float>() + row * table.size(1), table.size(1), lanes.width);
}

/// Those that every pass reads, repeated to the width of the lanes.
struct NormRows {
  std::vector<float> mean, scale, bias;
  NormRows(const at::Tensor& table, const Lanes& lanes)
      : mean(repeated(table, row_mean, lanes)),
        scale(repeated(table, row_scale, lanes)),
        bias(repeated(table, row_bias, lanes)) {}
};

/// [row_count, C] fp32 of weight and bias [C] fp32 and the moments.
at::Tensor norm_table(const at::Tensor& weight, const at::Tensor& bias, const Moments& moments, double eps);

/// From the sums of `count` values a channel and of their squares, each less origin.
Moments moments_of(const ColumnSums& sums, const std::vector<float>& origin, int64_t count);

struct ParameterGradients {
  at::Tensor weight, bias;            ///< [C] fp32
  std::vector<double> slope, offset;  ///< as in NormBackward, one a channel
};
/// From Σ g and Σ g · (x - mean) over `count` values a channel. Ioffe & Szegedy 2015, section 3.
ParameterGradients parameter_gradients(const ColumnSums& sums, const at::Tensor& table, int64_t count);

std::vector<double> to_doubles(const at::Tensor& values);

/// The newest batch of `rows` values a channel enters running statistics as in torch's batch_norm: the variance
/// unbiased.
void track(const Moments& batch, int64_t rows, double newest, at::Tensor& mean, at::Tensor& variance,
           at::Tensor& count);

}  // namespace tenfold::nn
