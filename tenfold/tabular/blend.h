#pragma once
// Two models' predictions as one: the weight that a validation set likes best.

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>

#include "tenfold/nn/task.h"

namespace tenfold::tabular {

struct BlendWeight {
  double first = 0.5;  ///< weight of the first; the second has the rest
  double value = 0;    ///< the metric of the blend with it
};

/// first · weight + second · (1 - weight), of probabilities or values [N, …].
at::Tensor blended(const at::Tensor& first, const at::Tensor& second, double weight);

/// The best of weights 0, 1 / steps, …, 1 by the metric; the one nearest to a half where several tie. first, second:
/// activated predictions of the same rows, target as collated. Throws ConfigError where the metric does not fit the
/// task or steps < 1.
BlendWeight best_weight(const nn::Task& task, const at::Tensor& first, const at::Tensor& second,
                        const at::Tensor& target, const std::string& metric, int steps = 100);

/// The same by any score of the blend; blends whose score is no number do not count, and a half where none is one.
BlendWeight best_weight(const at::Tensor& first, const at::Tensor& second,
                        const std::function<double(const at::Tensor& blend)>& score, bool higher_is_better,
                        int steps = 100);

/// The weight from 0 to 1 with the least squared error, in closed form: ⟨second - target, second - first⟩ / |second -
/// first|²; a half where the two agree everywhere.
double least_squares_weight(const at::Tensor& first, const at::Tensor& second, const at::Tensor& target);

}  // namespace tenfold::tabular
