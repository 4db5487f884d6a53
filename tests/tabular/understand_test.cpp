// Questions to a model of a table, asked of models whose answers are known.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/random.h"
#include "tenfold/data/csv.h"
#include "tenfold/data/dates.h"
#include "tenfold/tabular/understand/adversarial.h"
#include "tenfold/tabular/understand/dependence.h"
#include "tenfold/tabular/understand/importance.h"
#include "tenfold/tabular/understand/residuals.h"
#include "tenfold/tabular/understand/vectors.h"

namespace tenfold::tabular {
namespace {

using testing::HasSubstr;

/// 3000 rows: a number, a category of three levels and a column that means nothing; y = 3 x + effect of the level.
class Understand : public testing::Test {
 protected:
  Understand() {
    Draw draw(4, 0, 0, Purpose::other);
    std::vector<double> x, noise, y;
    std::vector<int32_t> level;
    for (int k = 0; k < 3000; ++k) {
      x.push_back(draw.uniform(10, 20));
      noise.push_back(draw.normal());
      level.push_back(static_cast<int32_t>(k % 6 < 3 ? 0 : k % 6 < 5 ? 1 : 2));
      y.push_back(3 * x.back() + kEffect[level.back()]);
    }
    frame = Frame({{"x", Column::real(x)},
                   {"noise", Column::real(noise)},
                   {"kind", Column::category(level, std::vector<std::string>{"a", "b", "c"})},
                   {"y", Column::real(y)}});
    preprocessor = fit(frame, all_rows(frame), {.target = {"y"}});
    columns = apply(preprocessor, frame, all_rows(frame)).columns;
    // Knows the truth: reads the scaled number back, and the level's effect.
    predict = [this](const Columns& rows) {
      const auto& number = preprocessor.numbers[0];
      const auto effect = at::tensor({0.0, kEffect[0], kEffect[1], kEffect[2]}, at::kDouble);
      const auto value = rows.continuous.select(1, 0).to(at::kDouble) * number.deviation + number.mean;
      return (3 * value + effect.index_select(0, rows.codes.select(1, 0).to(at::kLong))).unsqueeze(1).to(at::kFloat);
    };
  }

  static constexpr double kEffect[] = {0, 5, -20};
  Frame frame;
  Preprocessor preprocessor;
  Columns columns;
  Predict predict;
};

TEST_F(Understand, ImportanceIsWhatPermutingAColumnCosts) {
  const auto score = [](const at::Tensor& target) {
    return Score{"mse", false, [target](const at::Tensor& predicted) {
                   return (predicted - target).to(at::kDouble).square().mean().item<double>();
                 }};
  };
  const auto found = importance(preprocessor, columns, predict, score, {.repeats = 4, .seed = 3});
  EXPECT_NEAR(found.base, 0, 1e-6);
  ASSERT_EQ(found.columns.size(), 3u);
  // Permuting costs twice the variance: 2 · 9 · 100/12 of x, 2 · var(effect) of the level.
  const double mean = (3 * 0 + 2 * 5 + 1 * -20) / 6.0, second = (2 * 25 + 400) / 6.0;
  EXPECT_EQ(found.columns[0].column, "x");
  EXPECT_NEAR(found.columns[0].drop, 150, 10);
  EXPECT_EQ(found.columns[1].column, "kind");
  EXPECT_NEAR(found.columns[1].drop, 2 * (second - mean * mean), 10);
  EXPECT_EQ(found.columns[2].column, "noise");
  EXPECT_EQ(found.columns[2].drop, 0);
  EXPECT_GT(found.columns[0].error, 0);
  const auto again = importance(preprocessor, columns, predict, score, {.repeats = 4, .seed = 3});
  EXPECT_EQ(again.columns[0].drop, found.columns[0].drop);
  EXPECT_THROW(importance(preprocessor, {.codes = columns.codes, .continuous = columns.continuous}, predict, score),
               ConfigError);
}

TEST_F(Understand, ScoresComeFromTheMetricTable) {
  const auto score = score_of("rmse", task_of(preprocessor), columns.target);
  EXPECT_FALSE(score.higher_is_better);
  EXPECT_NEAR(score.of(columns.target + 2), 2, 1e-5);
}

TEST_F(Understand, DependenceIsTheMeanOverTheOtherColumns) {
  const auto x = dependence(preprocessor, columns, predict, "x", {.points = 5, .rows = 3000});
  ASSERT_EQ(x.x.size(), 5u);
  EXPECT_NEAR(x.x.front(), 10, 0.1);
  EXPECT_NEAR(x.x[2], 15, 0.4);
  const double effect = (2 * 5 - 20) / 6.0;
  for (size_t k = 0; k < 5; ++k) EXPECT_NEAR(x.mean.at(0).at(k), 3 * x.x[k] + effect, 1e-3);
  const auto kind = dependence(preprocessor, columns, predict, "kind", {.rows = 3000});
  EXPECT_EQ(kind.level, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(kind.items, (std::vector<int64_t>{1500, 1000, 500}));
  EXPECT_NEAR(kind.mean[0][1] - kind.mean[0][0], 5, 1e-4);
  EXPECT_NEAR(kind.mean[0][2] - kind.mean[0][0], -20, 1e-4);
  try {
    dependence(preprocessor, columns, predict, "kinds");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("nearest is 'kind'"));
  }
}

TEST_F(Understand, TablesOfOneOriginCannotBeToldApart) {
  std::vector<int64_t> even, odd;
  for (int64_t k = 0; k < 3000; ++k) (k / 6 % 2 ? odd : even).push_back(k);
  const auto found = tell_apart(frame.take(even), frame.take(odd), {.target = {"y"}});
  EXPECT_NEAR(found.auc, 0.5, 0.03);
  EXPECT_TRUE(found.columns.empty());
  EXPECT_THAT(found.verdict, HasSubstr("look alike"));
}

TEST_F(Understand, AShiftedColumnIsNamed) {
  std::vector<int64_t> low, high;
  const auto x = frame["x"].numbers();
  Draw draw(9, 0, 0, Purpose::other);
  for (int64_t k = 0; k < 3000; ++k)
    (draw.chance(x[static_cast<size_t>(k)] > 15 ? 0.9 : 0.1) ? high : low).push_back(k);
  const auto found = tell_apart(frame.take(low), frame.take(high), {.target = {"y"}});
  ASSERT_EQ(found.columns.size(), 1u);
  EXPECT_EQ(found.columns[0].column, "x");
  EXPECT_NEAR(found.columns[0].auc, 0.9, 0.03);  // of scores 0.1 and 0.9
  EXPECT_NEAR(found.auc, 0.9, 0.03);
  EXPECT_THAT(found.verdict, HasSubstr("by x"));
  EXPECT_THROW(tell_apart(frame.select({"x", "y"}), frame.select({"noise"}), {.target = {"y"}}), DataError);
}

TEST(ErrorsByTime, MeasuresEachStretch) {
  const auto found = errors_by_time({0, 1, 9, 10, 5}, {1, 1, 2, 2, std::nan("")}, {2, 4, 1, 0, 0}, 2);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].middle, 0.5);
  EXPECT_EQ(found[0].bias, 2);
  EXPECT_EQ(found[0].rmse, std::sqrt(5));
  EXPECT_EQ(found[1].middle, 9.5);
  EXPECT_EQ(found[1].bias, -1.5);
  EXPECT_EQ(found[1].items, 2);
  EXPECT_EQ(errors_by_time({7, 7}, {0, 0}, {1, 3}).at(0).bias, 2);
  EXPECT_TRUE(errors_by_time({}, {}, {}).empty());
  EXPECT_THROW(errors_by_time({1}, {}, {}), Error);
}

TEST(LevelVectors, AreDrawnInThePlaneAndReadBackExactly) {
  const Category category =
      fit_category("day", Column::category({0, 1, 2}, std::vector<std::string>{"Mon", "Tue, \"late\"", "Wed"}), 1, 10);
  const auto vectors = at::tensor({9.f, 9.f, 9.f, 0.f, 0.1f, 0.f, 1.f, 0.1f, 0.f, 3.f, 0.1f, 1e-8f}).view({4, 3});
  const auto places = places_of(category, vectors);
  ASSERT_EQ(places.size(), 3u);
  EXPECT_EQ(places[0].level, "Mon");
  EXPECT_NEAR(std::abs(places[2].x - places[0].x), 3, 1e-6);  // the one direction there is
  EXPECT_NEAR(places[1].y, 0, 1e-6);
  const auto path =
      std::filesystem::temp_directory_path() /
      ("tenfold-vectors-" + std::to_string(std::filesystem::file_time_type::clock::now().time_since_epoch().count()));
  write_vectors(path, category, vectors);
  const Table table = read_csv(path);
  std::filesystem::remove(path);
  EXPECT_EQ(table.columns, (std::vector<std::string>{"level", "v1", "v2", "v3"}));
  EXPECT_EQ(table.cells[0], (std::vector<std::string>{"#na#", "Mon", "Tue, \"late\"", "Wed"}));
  EXPECT_EQ(std::stof(table.cells[3][3]), 1e-8f);
  EXPECT_EQ(std::stof(table.cells[2][1]), 0.1f);
  EXPECT_THROW(places_of(category, vectors.narrow(0, 0, 3)), Error);
}

}  // namespace
}  // namespace tenfold::tabular
