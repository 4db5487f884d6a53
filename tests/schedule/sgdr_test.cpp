// Numbers without a formula beside them: tools/reference_schedules.py.
#include <cmath>
#include <limits>

#include "expectations.h"

namespace tenfold {
namespace {

TEST(Sgdr, DoublesEachCycle) {
  const Sgdr shape{.cycles = 3, .cycle_len = 1, .cycle_mult = 2};
  EXPECT_DOUBLE_EQ(epochs(shape), 1 + 2 + 4);
  EXPECT_DOUBLE_EQ(at(shape, 0).lr, 1);
  EXPECT_NEAR(at(shape, 0.5).lr, 0.5, 1e-12);
  EXPECT_DOUBLE_EQ(at(shape, 1).lr, 1);  // restarted, not continued
  EXPECT_NEAR(at(shape, 7).lr, 0, 1e-12);
  EXPECT_FALSE(at(shape, 0).momentum.has_value());
}

TEST(Sgdr, IsPyTorchsWarmRestarts) {
  expect_rates(Sgdr{}, {0.3, 0.9, 1, 1.5, 2.9, 3, 5, 6.9},
               {0.793893, 0.0244717, 1, 0.853553, 0.00615583, 1, 0.5, 0.00154133});
}

TEST(Sgdr, IsFastai07) {
  const Sgdr two{.cycles = 2, .cycle_len = 1, .cycle_mult = 2, .warm_start = true};
  const std::vector<double> expected = {
      0.01, 0.975528, 0.904508, 0.793893, 0.654508, 0.5,      0.345492,  0.206107,  0.0954915, 0.0244717,
      1,    0.993844, 0.975528, 0.945503, 0.904508, 0.853553, 0.793893,  0.726995,  0.654508,  0.578217,
      0.5,  0.421783, 0.345492, 0.273005, 0.206107, 0.146447, 0.0954915, 0.0544967, 0.0244717, 0.00615583};
  std::vector<double> positions;
  for (int step = 0; step < 30; ++step) positions.push_back(step / 10.0);
  expect_rates(two, positions, expected);
  expect_rates(Sgdr{.cycles = 1, .warm_start = true}, steps({0, 1, 2, 3, 4, 5, 6, 99}, 100),
               {0.01, 0.01, 0.01, 0.01, 0.01, 0.993844, 0.991144, 0.00024672});
}

// fastai 2.x gave the first batch of cycle three the rate 0 (it added up positions in floats).
TEST(Sgdr, RestartsAtFullRateWhateverTheStepsAnEpoch) {
  for (const double length : {0.1, 1.0, 0.7, 3.0}) {
    for (const double mult : {1.0, 2.0, 1.5}) {
      for (int per_epoch = 1; per_epoch <= 1000; ++per_epoch) {
        const Sgdr shape{.cycles = 6, .cycle_len = length, .cycle_mult = mult};
        double start = 0;
        for (int cycle = 0; cycle < 6; ++cycle, start += length * std::pow(mult, cycle - 1)) {
          const double step = std::round(start * per_epoch);
          if (std::fabs(step - start * per_epoch) > 1e-6) continue;  // this restart falls between two steps
          ASSERT_EQ(at(shape, step / per_epoch).lr, 1)
              << "cycle " << cycle << ", " << per_epoch << " steps an epoch, length " << length << ", mult " << mult;
        }
      }
    }
  }
}

TEST(Sgdr, KeepsItsFloor) {
  const Sgdr shape{.cycles = 2, .cycle_mult = 1, .floor = 0.2};
  EXPECT_DOUBLE_EQ(epochs(shape), 2);
  EXPECT_NEAR(at(shape, 0.5).lr, 0.6, 1e-12);
  EXPECT_NEAR(at(shape, 2).lr, 0.2, 1e-12);
}

TEST(Sgdr, NamesTheOptionThatCannotWork) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refused_option(Sgdr{.cycles = 0}), "sgdr.cycles");
  EXPECT_EQ(refused_option(Sgdr{.cycle_len = 0}), "sgdr.cycle_len");
  EXPECT_EQ(refused_option(Sgdr{.cycle_len = nan}), "sgdr.cycle_len");
  EXPECT_EQ(refused_option(Sgdr{.cycle_mult = -1}), "sgdr.cycle_mult");
  EXPECT_EQ(refused_option(Sgdr{.floor = 2}), "sgdr.floor");
}

}  // namespace
}  // namespace tenfold
