// Numbers by tools/reference_preprocess.py: SciPy's normal quantiles, scikit-learn's QuantileTransformer.

#include "tenfold/tabular/quantiles.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tenfold::tabular {
namespace {

const std::vector<double> kValues = {0, 0, 1, 2, 2, 2, 3, 5, 8, 13, 21, 34};

TEST(Quantiles, OfTheNormalDistribution) {
  const std::vector<double> shares = {1e-300, 1e-12, 1e-7, 0.001, 0.02, 0.074, 0.3, 0.5, 0.77, 0.95, 0.999};
  const std::vector<double> wanted = {-37.0470962993612,  -7.034483825301131,  -5.1993375821928165, -3.090232306167813,
                                      -2.053748910631823, -1.4466320671589785, -0.5244005127080409, 0.0,
                                      0.7388468491852137, 1.6448536269514722,  3.090232306167813};
  for (size_t k = 0; k < shares.size(); ++k)
    EXPECT_NEAR(normal_quantile(shares[k]), wanted[k], 1e-14 * std::fmax(1, std::abs(wanted[k]))) << shares[k];
}

TEST(Quantiles, ReferencesAreInterpolated) {
  const auto references = quantile_references(kValues, 7);
  const std::vector<double> wanted = {0, 0.833333333333333, 2, 2.5, 6, 14.333333333333329, 34};
  ASSERT_EQ(references.size(), wanted.size());
  for (size_t k = 0; k < wanted.size(); ++k) EXPECT_NEAR(references[k], wanted[k], 1e-12);
  EXPECT_EQ(quantile_references({3}, 1000), (std::vector<double>{3, 3}));
  EXPECT_EQ(quantile_references(kValues, 1000).size(), kValues.size());
}

TEST(Quantiles, BecomeNormalDeviates) {
  const auto references = quantile_references(kValues, 7);
  const std::vector<double> points = {-1, 0, 0.5, 2, 2.5, 4, 20, 34, 99};
  const std::vector<double> wanted = {
      -5.199337582605575,  -5.199337582605575, -1.2815515655446004, -0.43072729929545756, 0.0,
      0.18001236979270524, 1.181792270349118,  5.19933758270342,    5.19933758270342};
  for (size_t k = 0; k < points.size(); ++k)
    EXPECT_NEAR(to_normal(references, points[k]), wanted[k], 1e-8) << points[k];
}

TEST(Quantiles, EqualValuesTakeTheMiddleOfTheirRanks) {
  const auto references = quantile_references({1, 2, 2, 2, 3}, 5);
  EXPECT_EQ(to_normal(references, 2), 0);
  EXPECT_EQ(to_normal({4, 4}, 4), 0);
  EXPECT_LT(to_normal({4, 4}, 3), -5);
}

}  // namespace
}  // namespace tenfold::tabular
