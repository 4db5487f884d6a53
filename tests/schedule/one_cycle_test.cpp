// Reference numbers: tools/reference_schedules.py.
#include "expectations.h"

namespace tenfold {
namespace {

const std::vector<double> kPositions = {0, 0.05, 0.125, 0.2, 0.25, 0.3, 0.5, 0.75, 0.9, 0.99, 1};

TEST(OneCycle, IsFastai2) {
  expect_rates(OneCycle{}, kPositions,
               {0.04, 0.131672, 0.52, 0.908328, 1, 0.989074, 0.750002, 0.250007, 0.0432369, 0.00044858, 1e-05});
  expect_momenta(OneCycle{}, kPositions,
                 {0.95, 0.940451, 0.9, 0.859549, 0.85, 0.851093, 0.875, 0.925, 0.945677, 0.949956, 0.95});
  expect_rates(OneCycle{.epochs = 2}, steps({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 5),
               {0.04, 0.371672, 0.908328, 0.989074, 0.904509, 0.750002, 0.552269, 0.345498, 0.165443, 0.0432369});
}

TEST(OneCycle, IsTheSecondPhaseOfFineTune) {
  expect_rates(OneCycle{.div = 5, .pct_start = 0.3}, steps({0, 1, 2, 3, 4, 5, 6, 7}, 8),
               {0.2, 0.496472, 0.94641, 0.971942, 0.811747, 0.555987, 0.283065, 0.0766471});
}

TEST(OneCycle, LinearIsFastai07) {
  const OneCycle shape{.div = 10, .div_final = 1000, .pct_start = 0.4, .anneal = Anneal::linear, .steps = 100};
  const auto picked = steps({0, 20, 40, 60, 80, 90, 99}, 100);
  expect_rates(shape, picked, {0.1, 0.55, 1, 0.55, 0.1, 0.0505, 0.00595});
  expect_momenta(shape, picked, {0.9475, 0.8975, 0.8525, 0.9025, 0.95, 0.95, 0.95});
}

TEST(OneCycle, LinearTurnsOnWholeSteps) {
  const OneCycle shape{.div = 10, .div_final = 1000, .pct_start = 0.425, .anneal = Anneal::linear, .steps = 33};
  expect_rates(shape, steps({0, 13, 14, 15, 28, 29, 32}, 33), {0.1, 0.935714, 1, 0.935714, 0.1, 0.0802, 0.0208});
}

TEST(OneCycle, LinearWithoutStepsTurnsWhereTheShareSays) {
  const OneCycle shape{.epochs = 4, .div = 10, .div_final = 1000, .pct_start = 0.4, .anneal = Anneal::linear};
  EXPECT_DOUBLE_EQ(at(shape, 1.6).lr, 1);
  EXPECT_DOUBLE_EQ(at(shape, 1.6).momentum.value(), 0.85);
  EXPECT_NEAR(at(shape, 3.2).lr, 0.1, 1e-12);
  EXPECT_NEAR(at(shape, 4).lr, 0.001, 1e-12);
}

TEST(OneCycle, RepeatsItsCycles) {
  for (const auto anneal : {Anneal::linear, Anneal::cosine}) {
    const OneCycle one{.epochs = 3, .pct_start = 0.4, .anneal = anneal, .steps = 21};
    OneCycle two = one;
    two.epochs = 6;
    two.cycles = 2;
    for (int step = 0; step < 2 * 21; ++step) {
      const Factor alone = at(one, step % 21 / 7.0), repeated = at(two, step / 7.0);
      EXPECT_NEAR(repeated.lr, alone.lr, 1e-9) << step;
      EXPECT_NEAR(*repeated.momentum, *alone.momentum, 1e-9) << step;
    }
  }
}

TEST(OneCycle, NamesTheOptionThatCannotWork) {
  EXPECT_EQ(refused_option(OneCycle{.epochs = 0}), "one_cycle.epochs");
  EXPECT_EQ(refused_option(OneCycle{.div = 0.5}), "one_cycle.div");
  EXPECT_EQ(refused_option(OneCycle{.pct_start = 1}), "one_cycle.pct_start");
  EXPECT_EQ(refused_option(OneCycle{.pct_start = 0.6, .anneal = Anneal::linear}), "one_cycle.pct_start");
  EXPECT_EQ(refused_option(OneCycle{.cycles = 0}), "one_cycle.cycles");
  EXPECT_EQ(refused_option(OneCycle{.momentum_high = 1}), "one_cycle.momentum_high");
}

}  // namespace
}  // namespace tenfold
