#pragma once
// Numbers by their rank among the training rows, as normal deviates: outliers and skew are gone, distances too. As
// scikit-learn's QuantileTransformer(output_distribution="normal"), which RealMLP's and TabM's papers prepare tables by
// (without the noise they add). Torch-free.

#include <cstdint>
#include <vector>

namespace tenfold::tabular {

/// The standard normal quantile of 0 < p < 1, to 16 digits. Wichura, "Algorithm AS 241", Applied Statistics 37, 1988.
double normal_quantile(double p);

/// Values at the shares 0, 1/(count - 1), …, 1 of the sorted values, interpolated; ascending. `sorted` is ascending and
/// not empty, count >= 2; no more references than values are made (at least 2).
std::vector<double> quantile_references(const std::vector<double>& sorted, int64_t count);

/// The normal deviate of x's rank among the references; the middle of the ranks where several references equal x.
/// Ends, and what lies beyond, become ∓5.199, the quantiles of 1e-7. 0 where all references are equal and equal x.
double to_normal(const std::vector<double>& references, double x);

}  // namespace tenfold::tabular
