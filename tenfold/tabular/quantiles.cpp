#include "tenfold/tabular/quantiles.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace tenfold::tabular {
namespace {

constexpr double kEdge = 1e-7;  // ranks nearer to 0 or 1 are cut, as there the normal quantile has no end

/// Horner: c[0] + c[1] x + …
double polynomial(const std::array<double, 8>& c, double x) {
  double value = 0;
  for (size_t k = c.size(); k-- > 0;) value = value * x + c[k];
  return value;
}

constexpr std::array<double, 8> kA = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                      1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                      3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr std::array<double, 8> kB = {1.0,
                                      4.2313330701600911252e+1,
                                      6.8718700749205790830e+2,
                                      5.3941960214247511077e+3,
                                      2.1213794301586595867e+4,
                                      3.9307895800092710610e+4,
                                      2.8729085735721942674e+4,
                                      5.2264952788528545610e+3};
constexpr std::array<double, 8> kC = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                      3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                      2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kD = {1.0,
                                      2.05319162663775882187e0,
                                      1.67638483018380384940e0,
                                      6.89767334985100004550e-1,
                                      1.48103976427480074590e-1,
                                      1.51986665636164571966e-2,
                                      5.47593808499534494600e-4,
                                      1.05075007164441684324e-9};
constexpr std::array<double, 8> kE = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                      2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kF = {1.0,
                                      5.99832206555887937690e-1,
                                      1.36929880922735805310e-1,
                                      1.48753612908506148525e-2,
                                      7.86869131145613259100e-4,
                                      1.84631831751005468180e-5,
                                      1.42151175831644588870e-7,
                                      2.04426310338993978564e-15};

}  // namespace

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(kA, r) / polynomial(kB, r);
  }
  const double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  const double tail =
      r <= 5 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6) : polynomial(kE, r - 5) / polynomial(kF, r - 5);
  return q < 0 ? -tail : tail;
}

std::vector<double> quantile_references(const std::vector<double>& sorted, int64_t count) {
  const auto kept = std::max<size_t>(2, std::min(static_cast<size_t>(count), sorted.size()));
  const auto last = static_cast<double>(sorted.size() - 1);
  std::vector<double> references;
  for (size_t k = 0; k < kept; ++k) {
    const double place = last * static_cast<double>(k) / static_cast<double>(kept - 1);
    const auto below = static_cast<size_t>(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    const double value = sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
    references.push_back(references.empty() ? value
                                            : std::max(value, references.back()));  // rounding may not turn back
  }
  return references;
}

double to_normal(const std::vector<double>& references, double x) {
  const double last = static_cast<double>(references.size() - 1);
  if (x == references.front() && x == references.back()) return 0;
  double rank = 0;
  if (x >= references.back()) {
    rank = 1;
  } else if (x > references.front()) {
    const auto low = std::lower_bound(references.begin(), references.end(), x);
    const auto high = std::upper_bound(low, references.end(), x);
    if (low != high) {  // the references low … high - 1 equal x
      rank = (static_cast<double>(low - references.begin()) + static_cast<double>(high - references.begin() - 1)) /
             (2 * last);
    } else {
      const double left = *(low - 1);
      rank = (static_cast<double>(low - references.begin() - 1) + (x - left) / (*low - left)) / last;
    }
  }
  return normal_quantile(std::clamp(rank, kEdge, 1 - kEdge));
}

}  // namespace tenfold::tabular
