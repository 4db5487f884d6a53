#include "tenfold/data/join.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

template <class Call>
std::string said(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

Frame stores() {
  return Frame({{"store", Column::integer({1, 2, 3})},
                {"state", Column::category({"NW", "BE", "NW"})},
                {"sales", Column::integer({10, 20, 30})}},
               "stores.csv");
}

Frame days() {
  return Frame({{"store", Column::integer({2, 7, 2, null_integer, 1})}, {"sales", Column::integer({5, 6, 7, 8, 9})}},
               "days.csv");
}

TEST(Join, PutsTheRightRowBesideTheLeft) {
  JoinReport report;
  const Frame out = left_join(days(), stores(), {.keys = {"store"}}, &report);
  EXPECT_EQ(out.names(), (std::vector<std::string>{"store", "sales", "state", "sales_right"}));
  const std::vector<std::string> expected = {"BE", "", "BE", "", "NW"};
  for (size_t row = 0; row < 5; ++row) EXPECT_EQ(out["state"].show(row), expected[row]);
  EXPECT_EQ(out["sales_right"].integers()[4], 10);
  EXPECT_EQ(report.unmatched, 2u);
  EXPECT_EQ(report.examples, (std::vector<std::string>{"store=7", "store="}));
  EXPECT_EQ(report.unused, 1u);
}

TEST(Join, AsksWhatToDoWithSeveralRowsOfOneKey) {
  const Frame right({{"store", Column::integer({2, 1, 2})}, {"x", Column::integer({100, 200, 300})}}, "r.csv");
  EXPECT_EQ(said([&] { left_join(days(), right, {.keys = {"store"}}); }),
            "r.csv: has several rows with store=2; drop those too many, or ask for the first or for all");
  JoinReport report;
  const Frame first = left_join(days(), right, {.keys = {"store"}, .duplicates = Duplicates::first}, &report);
  EXPECT_EQ(first["x"].integers()[0], 100);
  EXPECT_EQ(report.duplicates, 1u);
  EXPECT_EQ(report.unused, 1u);
  const Frame all = left_join(days(), right, {.keys = {"store"}, .duplicates = Duplicates::all});
  const std::vector<std::string> expected = {"100", "300", "", "100", "300", "", "200"};
  ASSERT_EQ(all.rows(), expected.size());
  for (size_t row = 0; row < expected.size(); ++row) EXPECT_EQ(all["x"].show(row), expected[row]);
  EXPECT_EQ(all["sales"].show(4), "7");
}

TEST(Join, MatchesKeysOfKindsThatMeanTheSame) {
  const Frame left({{"a", Column::category({"x", "y", "z"})}, {"b", Column::integer({1, 2, 3})}});
  const Frame right({{"name", Column::text({"z", "x", "y"})},
                     {"number", Column::real(std::vector<double>{3, 1, 2.5})},
                     {"v", Column::text({"zz", "xx", "yy"})}});
  const Frame out = left_join(left, right, {.keys = {"a", "b"}, .right_keys = {"name", "number"}});
  EXPECT_EQ(out.names(), (std::vector<std::string>{"a", "b", "v"}));
  EXPECT_EQ(out["v"].show(0), "xx");
  EXPECT_TRUE(out["v"].is_null(1));
  EXPECT_EQ(out["v"].show(2), "zz");
  EXPECT_EQ(said([&] { left_join(left, right, {.keys = {"b"}, .right_keys = {"name"}}); }),
            "table: key 'name' is integer above and text below; convert one of them");
  EXPECT_NE(said([&] { left_join(left, right, {.keys = {"a"}}); }).find("has no column 'a'"), std::string::npos);
  EXPECT_THROW(left_join(left, right, {}), ConfigError);
}

TEST(Join, AgreesWithAMapOnManyRows) {
  std::mt19937_64 random(5);
  std::vector<int64_t> left_a, right_a;
  std::vector<std::string> left_b, right_b;
  std::map<std::pair<int64_t, std::string>, size_t> rows;
  for (int k = 0; k < 3000; ++k) {
    const auto a = static_cast<int64_t>(random() % 100) * 1'000'000'007;
    const std::string b = "k" + std::to_string(random() % 40);
    if (!rows.emplace(std::pair(a, b), right_a.size()).second) continue;
    right_a.push_back(a);
    right_b.push_back(b);
  }
  for (int k = 0; k < 10000; ++k) {
    left_a.push_back(static_cast<int64_t>(random() % 110) * 1'000'000'007);
    left_b.push_back("k" + std::to_string(random() % 44));
  }
  std::vector<int64_t> number(right_a.size());
  for (size_t k = 0; k < number.size(); ++k) number[k] = static_cast<int64_t>(k);
  const Frame out = left_join(
      Frame({{"a", Column::integer(left_a)}, {"b", Column::category(left_b)}}),
      Frame({{"a", Column::integer(right_a)}, {"b", Column::category(right_b)}, {"n", Column::integer(number)}}),
      {.keys = {"a", "b"}});
  for (size_t row = 0; row < left_a.size(); ++row) {
    const auto found = rows.find({left_a[row], left_b[row]});
    if (found == rows.end())
      EXPECT_TRUE(out["n"].is_null(row));
    else
      EXPECT_EQ(out["n"].integers()[row], static_cast<int64_t>(found->second));
  }
}

}  // namespace
}  // namespace tenfold
