// Constant, Cosine, FlatCosine and Range. Reference numbers: tools/reference_schedules.py.
#include "expectations.h"

namespace tenfold {
namespace {

TEST(Constant, StaysAtTheFullRate) {
  EXPECT_EQ(epochs(Constant{.epochs = 3}), 3);
  for (const double position : {0.0, 1.5, 3.0}) EXPECT_EQ(at(Constant{.epochs = 3}, position).lr, 1);
  EXPECT_EQ(refused_option(Constant{.epochs = -1}), "constant.epochs");
}

TEST(Cosine, IsOneCycleOfSgdr) {
  for (int step = 0; step <= 40; ++step)
    EXPECT_DOUBLE_EQ(at(Cosine{.epochs = 4, .floor = 0.1}, step / 10.0).lr,
                     at(Sgdr{.cycles = 1, .cycle_len = 4, .floor = 0.1}, step / 10.0).lr);
  EXPECT_NEAR(at(Cosine{.epochs = 4}, 1).lr, 0.853553, 1e-6);  // (1 + cos 45°)/2
  EXPECT_EQ(refused_option(Cosine{.epochs = 0}), "cosine.epochs");
  EXPECT_EQ(refused_option(Cosine{.floor = -0.1}), "cosine.floor");
}

TEST(FlatCosine, IsFastai2) {
  expect_rates(FlatCosine{}, {0, 0.5, 0.75, 0.8, 0.9, 1}, {1, 1, 1, 0.904509, 0.345498, 1e-05});
  EXPECT_EQ(refused_option(FlatCosine{.pct_start = 1}), "flat_cosine.pct_start");
  EXPECT_EQ(refused_option(FlatCosine{.div_final = 0}), "flat_cosine.div_final");
}

TEST(Range, GrowsGeometrically) {
  expect_rates(Range{}, {0, 0.01, 0.25, 0.5, 0.99, 1}, {1e-07, 1.20226e-07, 1e-05, 0.001, 8.31764, 10});
  EXPECT_EQ(refused_option(Range{.start = 0}), "range.start");
  EXPECT_EQ(refused_option(Range{.end = -1}), "range.end");
}

}  // namespace
}  // namespace tenfold
