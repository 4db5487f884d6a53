#include "tenfold/tabular/blend.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tenfold/core/error.h"
#include "tenfold/train/metric.h"

namespace tenfold::tabular {

at::Tensor blended(const at::Tensor& first, const at::Tensor& second, double weight) {
  TORCH_CHECK(first.sizes() == second.sizes(), "a blend needs predictions of the same rows, was given ", first.sizes(),
              " and ", second.sizes());
  return first * weight + second * (1 - weight);
}

BlendWeight best_weight(const at::Tensor& first, const at::Tensor& second,
                        const std::function<double(const at::Tensor&)>& score, bool higher_is_better, int steps) {
  if (steps < 1) throw ConfigError("steps", "is " + std::to_string(steps) + "; needs at least 1");
  BlendWeight best{.first = 0.5, .value = std::numeric_limits<double>::quiet_NaN()};
  for (int k = 0; k <= steps; ++k) {
    const double weight = static_cast<double>(k) / steps;
    const double value = score(blended(first, second, weight));
    if (std::isnan(value)) continue;
    const bool better = higher_is_better ? value > best.value : value < best.value;
    const bool nearer = value == best.value && std::abs(weight - 0.5) < std::abs(best.first - 0.5);
    if (std::isnan(best.value) || better || nearer) best = {weight, value};
  }
  return best;
}

BlendWeight best_weight(const nn::Task& task, const at::Tensor& first, const at::Tensor& second,
                        const at::Tensor& target, const std::string& name, int steps) {
  const auto& by = metric(name, task.kind);
  return best_weight(
      first, second, [&](const at::Tensor& blend) { return by.compute(task, blend, target); }, by.higher_is_better,
      steps);
}

double least_squares_weight(const at::Tensor& first, const at::Tensor& second, const at::Tensor& target) {
  const auto a = first.to(at::kDouble), b = second.to(at::kDouble);
  const auto apart = b - a, error = b - target.to(at::kDouble).reshape(b.sizes());
  const double square = apart.square().sum().item<double>();
  if (square == 0) return 0.5;
  return std::clamp((error * apart).sum().item<double>() / square, 0.0, 1.0);
}

}  // namespace tenfold::tabular
