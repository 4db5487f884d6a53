#include "tenfold/nn/column_sums.h"

#include <cmath>

namespace tenfold::nn {

at::Tensor norm_table(const at::Tensor& weight, const at::Tensor& bias, const Moments& moments, double eps) {
  const int64_t channels = weight.size(0);
  auto table = at::empty({row_count, channels}, at::kFloat);
  float* row = table.mutable_data_ptr<float>();
  const float *weights = weight.const_data_ptr<float>(), *biases = bias.const_data_ptr<float>();
  for (int64_t c = 0; c < channels; ++c) {
    const double deviation = 1 / std::sqrt(moments.variance[static_cast<size_t>(c)] + eps);
    row[row_mean * channels + c] = static_cast<float>(moments.mean[static_cast<size_t>(c)]);
    row[row_scale * channels + c] = static_cast<float>(weights[c] * deviation);
    row[row_bias * channels + c] = biases[c];
    row[row_deviation * channels + c] = static_cast<float>(deviation);
  }
  return table;
}

Moments moments_of(const ColumnSums& sums, const std::vector<float>& origin, int64_t count) {
  Moments found{std::vector<double>(sums.first.size()), std::vector<double>(sums.first.size())};
  const double values = static_cast<double>(count);
  for (size_t c = 0; c < found.mean.size(); ++c) {
    const double shift = sums.first[c] / values, variance = sums.second[c] / values - shift * shift;
    found.mean[c] = static_cast<double>(origin[c]) + shift;
    found.variance[c] = variance < 0 ? 0 : variance;  // not std::max: a NaN must show
  }
  return found;
}

ParameterGradients parameter_gradients(const ColumnSums& sums, const at::Tensor& table, int64_t count) {
  const int64_t channels = table.size(1);
  ParameterGradients found{at::empty({channels}, table.options()), at::empty({channels}, table.options()),
                           std::vector<double>(sums.first.size()), std::vector<double>(sums.first.size())};
  float *weight = found.weight.mutable_data_ptr<float>(), *bias = found.bias.mutable_data_ptr<float>();
  const float *scales = table.const_data_ptr<float>() + row_scale * channels,
              *deviations = table.const_data_ptr<float>() + row_deviation * channels;
  for (size_t c = 0; c < sums.first.size(); ++c) {
    const double deviation = deviations[c], factor = scales[c] / static_cast<double>(count);
    weight[c] = static_cast<float>(sums.second[c] * deviation);
    bias[c] = static_cast<float>(sums.first[c]);
    found.slope[c] = factor * deviation * deviation * sums.second[c];
    found.offset[c] = factor * sums.first[c];
  }
  return found;
}

std::vector<double> to_doubles(const at::Tensor& values) {
  const float* from = values.const_data_ptr<float>();
  return {from, from + values.numel()};
}

void track(const Moments& batch, int64_t rows, double newest, at::Tensor& mean, at::Tensor& variance,
           at::Tensor& count) {
  const double unbias = static_cast<double>(rows) / static_cast<double>(rows - 1);
  float *means = mean.mutable_data_ptr<float>(), *variances = variance.mutable_data_ptr<float>();
  for (size_t c = 0; c < batch.mean.size(); ++c) {
    means[c] = static_cast<float>((1 - newest) * means[c] + newest * batch.mean[c]);
    variances[c] = static_cast<float>((1 - newest) * variances[c] + newest * batch.variance[c] * unbias);
  }
  count.add_(1);
}

}  // namespace tenfold::nn
