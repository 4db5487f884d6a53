#pragma once
// What a regression learns instead of its target, and the way back. Torch-free.

#include <string>
#include <vector>

#include "tenfold/tabular/options.h"

namespace tenfold::tabular {

/// One target's transform, fitted. log: ln x. log1p: ln(1 + x). box_cox: (x^λ - 1)/λ, then mean 0 and deviation 1.
/// standardise: (x - mean)/deviation.
struct TargetScale {
  TargetTransform transform = TargetTransform::none;
  double lambda = 1;               ///< box_cox
  double mean = 0, deviation = 1;  ///< after the power; 0 and 1 where nothing is standardised
  double lowest = 0, highest = 0;  ///< of the training rows: box_cox goes back to these where it has no inverse
};

template <class Visitor>
void fields(Visitor&& visit, TargetScale& o) {
  visit("transform", o.transform, "what is learnt instead of the target");
  visit("lambda", o.lambda, "box_cox: the power");
  visit("mean", o.mean, "taken off after the power");
  visit("deviation", o.deviation, "divided by after that");
  visit("lowest", o.lowest, "least value of the training rows");
  visit("highest", o.highest, "largest value of the training rows");
}

/// Fits to the training rows' values, finite and not empty. Throws ConfigError("table.target_transform") naming
/// `column` and its least value where a logarithm or a power would need larger ones.
TargetScale fit_target(TargetTransform transform, const std::vector<double>& values, const std::string& column);

/// The power with the largest likelihood of a normal distribution (Box & Cox 1964), within [-3, 3], to 1e-6. Values are
/// above 0.
double box_cox_lambda(const std::vector<double>& values);

double forward(const TargetScale& scale, double value);
double inverse(const TargetScale& scale, double value);

}  // namespace tenfold::tabular
