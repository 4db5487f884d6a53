#include "tenfold/tabular/target_scale.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

constexpr double kSteepest = 3;  // powers beyond are no longer about the shape of a distribution
constexpr double kPrecision = 1e-6;

double power(double logarithm, double lambda) {
  return lambda == 0 ? logarithm : std::expm1(lambda * logarithm) / lambda;
}

struct Moments {
  double mean = 0, variance = 0;
};

Moments moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  Moments out;
  for (const double value : values) out.mean += value;
  out.mean /= n;
  for (const double value : values) out.variance += (value - out.mean) * (value - out.mean);
  out.variance /= n;
  return out;
}

/// Of the power λ, but for constants: (λ - 1) Σ ln x - n/2 ln var.
double likelihood(const std::vector<double>& logarithms, double sum, double lambda) {
  std::vector<double> values;
  values.reserve(logarithms.size());
  for (const double logarithm : logarithms) values.push_back(power(logarithm, lambda));
  const auto n = static_cast<double>(logarithms.size());
  return (lambda - 1) * sum - n / 2 * std::log(moments(values).variance);
}

}  // namespace

double box_cox_lambda(const std::vector<double>& values) {
  std::vector<double> logarithms;
  double sum = 0;
  for (const double value : values) {
    logarithms.push_back(std::log(value));
    sum += logarithms.back();
  }
  if (moments(logarithms).variance <= 0) return 1;  // one value: every power is as good
  // Golden section: the likelihood has one peak.
  constexpr double kShrink = 1 / std::numbers::phi;
  double low = -kSteepest, high = kSteepest;
  double left = high - kShrink * (high - low), right = low + kShrink * (high - low);
  double at_left = likelihood(logarithms, sum, left), at_right = likelihood(logarithms, sum, right);
  while (high - low > kPrecision) {
    if (at_left >= at_right) {
      high = right, right = left, at_right = at_left;
      left = high - kShrink * (high - low), at_left = likelihood(logarithms, sum, left);
    } else {
      low = left, left = right, at_left = at_right;
      right = low + kShrink * (high - low), at_right = likelihood(logarithms, sum, right);
    }
  }
  return (low + high) / 2;
}

TargetScale fit_target(TargetTransform transform, const std::vector<double>& values, const std::string& column) {
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  TargetScale scale{.transform = transform, .lowest = *lowest, .highest = *highest};
  const bool logarithm = transform == TargetTransform::log || transform == TargetTransform::box_cox;
  if ((logarithm && *lowest <= 0) || (transform == TargetTransform::log1p && *lowest <= -1))
    throw ConfigError("table.target_transform",
                      name_of(transform) + " needs values above " + (logarithm ? "0" : "-1") + ", but '" + column +
                          "' has " + shortest(*lowest) + "; leave such rows out (--table.train_rows '" + column +
                          " > " + (logarithm ? "0" : "-1") + "')" +
                          (logarithm && *lowest == 0 ? ", or take log1p" : ", or take standardise"));
  if (transform != TargetTransform::box_cox && transform != TargetTransform::standardise) return scale;
  if (transform == TargetTransform::box_cox) scale.lambda = box_cox_lambda(values);
  std::vector<double> powers;
  powers.reserve(values.size());
  for (const double value : values) powers.push_back(forward(scale, value));
  const auto [mean, variance] = moments(powers);
  scale.mean = mean;
  if (variance > 0) scale.deviation = std::sqrt(variance);
  return scale;
}

double forward(const TargetScale& scale, double value) {
  switch (scale.transform) {
    case TargetTransform::none:
      return value;
    case TargetTransform::log:
      return std::log(value);
    case TargetTransform::log1p:
      return std::log1p(value);
    case TargetTransform::box_cox:
      value = power(std::log(value), scale.lambda);
      break;
    case TargetTransform::standardise:
      break;
  }
  return (value - scale.mean) / scale.deviation;
}

double inverse(const TargetScale& scale, double value) {
  switch (scale.transform) {
    case TargetTransform::none:
      return value;
    case TargetTransform::log:
      return std::exp(value);
    case TargetTransform::log1p:
      return std::expm1(value);
    case TargetTransform::box_cox:
      break;
    case TargetTransform::standardise:
      return value * scale.deviation + scale.mean;
  }
  value = value * scale.deviation + scale.mean;
  if (scale.lambda == 0) return std::exp(value);
  const double inside = scale.lambda * value;
  if (inside > -1) return std::exp(std::log1p(inside) / scale.lambda);
  return scale.lambda > 0 ? scale.lowest : scale.highest;
}

}  // namespace tenfold::tabular
