#include "tenfold/tabular/number_embedding.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/nn/init.h"

namespace tenfold::tabular {
namespace {

void at_least_one(const char* option, int64_t value) {
  if (value < 1) throw ConfigError(option, "is " + std::to_string(value) + "; needs at least 1");
}

/// A linear layer for each column: x [N, K, in], weight [K, in, out], bias [K, out] → [N, K · out].
at::Tensor of_each_column(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::baddbmm(bias.unsqueeze(1), x.transpose(0, 1), weight).transpose(0, 1).flatten(1);
}

/// As torch's linear layers start: even in ±1 / √in.
void start_linear(at::Tensor& weight, at::Tensor& bias, uint64_t seed, const std::string& name) {
  const double bound = 1 / std::sqrt(static_cast<double>(weight.size(1)));
  const auto even = [bound](Draw& draw) { return draw.uniform(-bound, bound); };
  nn::fill_drawn(weight, seed, name + ".weight", even);
  nn::fill_drawn(bias, seed, name + ".bias", even);
}

void start_frequencies(at::Tensor& frequencies, double scale, uint64_t seed) {
  if (!(scale > 0) || !std::isfinite(scale))
    throw ConfigError("model.frequency_scale", "is " + shortest(scale) + "; needs a deviation above 0");
  nn::fill_drawn(frequencies, seed, "numbers.frequencies", [scale](Draw& draw) { return scale * draw.normal(); });
}

}  // namespace

PiecewiseLinear::PiecewiseLinear(int64_t columns, int64_t bins, int64_t size, uint64_t seed)
    : bins_(bins), size_(size) {
  at_least_one("model.bins", bins);
  at_least_one("model.number_size", size);
  // Until fit(): bins of equal probability would need the rows; equal widths over three deviations stand in.
  edges_ = register_buffer("edges", at::linspace(-3, 3, bins + 1).expand({columns, bins + 1}).contiguous());
  weight_ = register_parameter("weight", at::zeros({columns, bins, size}));
  bias_ = register_parameter("bias", at::zeros({columns, size}));
  start_linear(weight_, bias_, seed, "numbers");
}

void PiecewiseLinear::fit(const torch::Tensor& x) {
  constexpr int64_t kMostRows = 1 << 18;
  if (x.size(0) == 0) return;
  const int64_t stride = (x.size(0) + kMostRows - 1) / kMostRows;
  const auto rows = x.slice(0, 0, x.size(0), stride).to(at::kFloat);
  const at::NoGradGuard no_grad;
  const auto sorted = std::get<0>(at::sort(rows, 0));  // at::quantile limits the number of rows
  const auto place = at::linspace(0, static_cast<double>(rows.size(0) - 1), bins_ + 1, at::kDouble);
  const auto below = place.floor().to(at::kLong);
  const auto above = (below + 1).clamp_max(rows.size(0) - 1);
  const auto part = (place - place.floor()).to(at::kFloat).unsqueeze(1);
  const auto quantiles = at::lerp(sorted.index_select(0, below), sorted.index_select(0, above), part);
  edges_.copy_(std::get<0>(at::cummax(quantiles, 0)).t());
}

torch::Tensor PiecewiseLinear::encode(const torch::Tensor& x) const {
  const auto left = edges_.narrow(1, 0, bins_), right = edges_.narrow(1, 1, bins_);
  const auto width = right - left;
  const auto per_unit = at::where(width > 0, width.reciprocal(), at::zeros_like(width));
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  // The first and the last bin of some width go on beyond the data.
  const auto first = left == edges_.narrow(1, 0, 1), last = right == edges_.narrow(1, bins_, 1);
  const auto low = at::where(first, -kInfinite, 0.0).to(at::kFloat),
             high = at::where(last, kInfinite, 1.0).to(at::kFloat);
  return at::minimum(at::maximum((x.unsqueeze(2) - left) * per_unit, low), high);
}

torch::Tensor PiecewiseLinear::forward(const torch::Tensor& x) {
  return at::relu(of_each_column(encode(x), weight_, bias_));
}

Periodic::Periodic(int64_t columns, int64_t count, double scale, int64_t size, uint64_t seed) : size_(size) {
  at_least_one("model.frequencies", count);
  at_least_one("model.number_size", size);
  frequencies_ = register_parameter("frequencies", at::zeros({columns, count}));
  weight_ = register_parameter("weight", at::zeros({columns, 2 * count, size}));
  bias_ = register_parameter("bias", at::zeros({columns, size}));
  start_frequencies(frequencies_, scale, seed);
  start_linear(weight_, bias_, seed, "numbers");
}

torch::Tensor Periodic::forward(const torch::Tensor& x) {
  const auto angle = 2 * std::numbers::pi * frequencies_ * x.unsqueeze(2);
  return at::relu(of_each_column(at::cat({angle.sin(), angle.cos()}, 2), weight_, bias_));
}

DensePeriodic::DensePeriodic(int64_t columns, int64_t count, double scale, int64_t size, uint64_t seed) : size_(size) {
  at_least_one("model.frequencies", count);
  if (size < 2)
    throw ConfigError("model.number_size", "is " + std::to_string(size) +
                                               "; needs at least 2 here, the number itself and one of its cosines");
  frequencies_ = register_parameter("frequencies", at::zeros({columns, count}));
  phases_ = register_parameter("phases", at::zeros({columns, count}));
  weight_ = register_parameter("weight", at::zeros({columns, count, size - 1}));
  bias_ = register_parameter("bias", at::zeros({columns, size - 1}));
  start_frequencies(frequencies_, scale, seed);
  nn::fill_drawn(phases_, seed, "numbers.phases",
                 [](Draw& draw) { return draw.uniform(-std::numbers::pi, std::numbers::pi); });
  start_linear(weight_, bias_, seed, "numbers");
}

torch::Tensor DensePeriodic::forward(const torch::Tensor& x) {
  const auto waves = (2 * std::numbers::pi * (frequencies_ * x.unsqueeze(2) + phases_)).cos();
  const auto vectors = of_each_column(waves, weight_, bias_).view({x.size(0), x.size(1), size_ - 1});
  return at::cat({x.unsqueeze(2), vectors}, 2).flatten(1);
}

}  // namespace tenfold::tabular
