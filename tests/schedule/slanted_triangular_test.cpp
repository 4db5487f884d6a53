// Reference numbers: tools/reference_schedules.py.
#include "expectations.h"

namespace tenfold {
namespace {

TEST(SlantedTriangular, IsThePapers) {
  expect_rates(SlantedTriangular{}, steps({0, 10, 20, 21, 110, 199}, 200),
               {0.03125, 0.515625, 1, 0.994618, 0.515625, 0.0366319});
  EXPECT_FALSE(at(SlantedTriangular{}, 0.5).momentum.has_value());
}

TEST(SlantedTriangular, NeverGoesBelowItsLowestRate) {
  for (int step = 0; step <= 105; ++step)  // the paper's own rounding ends at -0.0118 here
    EXPECT_GE(at(SlantedTriangular{}, step / 105.0).lr, 1.0 / 32 - 1e-15);
}

TEST(SlantedTriangular, IsFastai07) {
  const SlantedTriangular shape{.momentum_high = 0.95, .momentum_low = 0.85, .steps = 100};
  const auto picked = steps({0, 1, 5, 9, 10, 11, 50, 99}, 100);
  expect_rates(shape, picked, {0.03125, 0.128125, 0.515625, 0.903125, 1, 0.989236, 0.569444, 0.0420139});
  expect_momenta(shape, picked, {0.94, 0.93, 0.89, 0.85, 0.851111, 0.852222, 0.895556, 0.95});
  expect_rates(SlantedTriangular{.steps = 47}, steps({0, 3, 4, 5, 46}, 47),
               {0.03125, 0.757812, 1, 0.977471, 0.0537791});
}

TEST(SlantedTriangular, RepeatsItsCycles) {
  const SlantedTriangular one{.epochs = 2, .momentum_high = 0.95, .momentum_low = 0.85, .steps = 46};
  SlantedTriangular three = one;
  three.epochs = 6;
  three.cycles = 3;
  EXPECT_EQ(epochs(three), 6);
  for (int step = 0; step < 3 * 46; ++step) {
    const Factor alone = at(one, step % 46 / 23.0), repeated = at(three, step / 23.0);
    EXPECT_NEAR(repeated.lr, alone.lr, 1e-9) << step;
    EXPECT_NEAR(*repeated.momentum, *alone.momentum, 1e-9) << step;
  }
}

TEST(SlantedTriangular, IsSmithsTriangle) {
  // Smith 2017, section 3.1: linear up and down between base and maximum, each over half of a cycle.
  const SlantedTriangular shape{.epochs = 4, .cut = 0.5, .ratio = 4, .cycles = 2};
  expect_rates(shape, {0, 0.5, 1, 1.5, 2, 3, 4}, {0.25, 0.625, 1, 0.625, 0.25, 1, 0.25});
}

TEST(SlantedTriangular, TakesFewerStepsThanTheCutNeeds) {
  EXPECT_EQ(at(SlantedTriangular{.steps = 5}, 0).lr, 1);  // fastai 0.7 divided by zero
}

TEST(SlantedTriangular, NamesTheOptionThatCannotWork) {
  EXPECT_EQ(refused_option(SlantedTriangular{.cut = 0}), "slanted_triangular.cut");
  EXPECT_EQ(refused_option(SlantedTriangular{.ratio = 0}), "slanted_triangular.ratio");
  EXPECT_EQ(refused_option(SlantedTriangular{.cycles = 0}), "slanted_triangular.cycles");
  EXPECT_EQ(refused_option(SlantedTriangular{.momentum_high = 0.9}), "slanted_triangular.momentum_low");
  EXPECT_EQ(refused_option(SlantedTriangular{.momentum_low = 0.9}), "slanted_triangular.momentum_high");
}

}  // namespace
}  // namespace tenfold
