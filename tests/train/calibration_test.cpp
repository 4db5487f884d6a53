#include "tenfold/train/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

TEST(Calibration, MeasuresEachBinAndTheirMean) {
  // Two bins: 0.2 and 0.4 of which half happen, 0.9 three times of which one does not.
  const auto found = calibration({0.2, 0.4, 0.9, 0.9, 0.9}, {true, false, true, true, false}, 2);
  ASSERT_EQ(found.bins.size(), 2u);
  EXPECT_NEAR(found.bins[0].probability, 0.3, 1e-15);
  EXPECT_EQ(found.bins[0].observed, 0.5);
  EXPECT_EQ(found.bins[0].items, 2);
  EXPECT_NEAR(found.bins[1].observed, 2.0 / 3, 1e-15);
  EXPECT_NEAR(found.expected_error, 0.4 * 0.2 + 0.6 * (0.9 - 2.0 / 3), 1e-15);
  EXPECT_NEAR(found.largest_error, 0.9 - 2.0 / 3, 1e-15);
}

TEST(Calibration, TakesTheEndsAndPassesOverWhatIsNoNumber) {
  const auto found = calibration({0, 1, std::nan("")}, {false, true, true});
  ASSERT_EQ(found.bins.size(), 2u);
  EXPECT_EQ(found.expected_error, 0);
  EXPECT_TRUE(calibration({}, {}).bins.empty());
  EXPECT_THROW(calibration({0.5}, {}), Error);
  EXPECT_THROW(calibration({}, {}, 0), Error);
}

}  // namespace
}  // namespace tenfold
