#include "tenfold/tabular/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr int64_t kDays = 100;

/// A hundred days of four shops, two thirds of them open; the class is missing on the first day.
Frame table() {
  std::vector<int64_t> day, shop;
  std::vector<int8_t> open;
  std::vector<int32_t> kind;
  std::vector<double> sales;
  for (int64_t k = 0; k < kDays; ++k)
    for (int64_t s = 0; s < 4; ++s) {
      day.push_back((days_of({.year = 2015}) + k) * seconds_a_day);
      shop.push_back(s);
      open.push_back(k % 3 != 0);
      kind.push_back(k == 0 ? null_code : static_cast<int32_t>((k + s) % 2));
      sales.push_back(static_cast<double>(k * 10 + s));
    }
  return Frame({{"Date", Column::time(day)},
                {"shop", Column::integer(shop)},
                {"open", Column::boolean(open)},
                {"kind", Column::category(kind, std::vector<std::string>{"a", "b"})},
                {"sales", Column::real(std::move(sales))}});
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

int64_t day_of_row(int64_t row) { return row / 4; }

TEST(SplitRows, LeavesOutRowsWithoutATargetAndStratifiesClasses) {
  const auto split = split_rows(table(), {.target = {"kind"}}, 1);
  EXPECT_EQ(split.kind, SplitKind::stratified);
  EXPECT_EQ(split.parts.train.size() + split.parts.valid.size(), 396u);
  EXPECT_THAT(split.remarks, Contains("4 row(s) without a target are left out"));
  EXPECT_GE(split.parts.train.front(), 4);
  EXPECT_EQ(split.how, "stratified: 20 % of each class validate");
  EXPECT_EQ(split_rows(table(), {.target = {"sales"}}, 1).kind, SplitKind::random);
}

TEST(SplitRows, GoesByTimeWhereACutoffIsNamed) {
  DataOptions options{.target = {"sales"}, .cutoff = "2015-03-02", .train_rows = "open = true"};
  const Frame frame = table();
  const auto split = split_rows(frame, options, 1);
  EXPECT_EQ(split.kind, SplitKind::time);
  EXPECT_EQ(split.how, "time: rows with Date from 2015-03-02 on validate");
  EXPECT_EQ(day_of_row(split.parts.valid.front()), 61);  // day 60 is March 2, a closed one
  EXPECT_EQ(day_of_row(split.parts.train.back()), 59);
  for (const int64_t row : split.parts.train) EXPECT_NE(day_of_row(row) % 3, 0);

  options.gap = 7;
  const auto purged = split_rows(frame, options, 1);
  EXPECT_EQ(purged.kind, SplitKind::purged);
  EXPECT_EQ(day_of_row(purged.parts.train.back()), 53);  // a week before the 60th day
  EXPECT_EQ(purged.parts.valid, split.parts.valid);
  EXPECT_THAT(purged.remarks, Contains(HasSubstr("left out by the gap")));

  options.cutoff = "2016-01-01";
  EXPECT_THAT(message_of([&] { split_rows(frame, options, 1); }), HasSubstr("table.cutoff: leaves no items after"));
  options.cutoff = "june";
  EXPECT_THAT(message_of([&] { split_rows(frame, options, 1); }), HasSubstr("'june' is no date"));
}

TEST(SplitRows, KeepsGroupsWhole) {
  const DataOptions options{.target = {"sales"}, .split_column = "shop", .valid_share = 0.25};
  const auto split = split_rows(table(), options, 3);
  EXPECT_EQ(split.kind, SplitKind::group);
  EXPECT_EQ(split.parts.valid.size(), 100u);
  std::set<int64_t> train, valid;
  for (const int64_t row : split.parts.train) train.insert(row % 4);
  for (const int64_t row : split.parts.valid) valid.insert(row % 4);
  EXPECT_EQ(train.size(), 3u);
  EXPECT_EQ(valid.size(), 1u);
  EXPECT_FALSE(train.contains(*valid.begin()));
}

TEST(SplitRows, TakesTheRowsForWhichAConditionHolds) {
  const DataOptions options{.target = {"sales"}, .valid_rows = "Date >= 2015-03-01 and open = true and shop != 2"};
  const auto split = split_rows(table(), options, 1);
  for (const int64_t row : split.parts.valid) {
    EXPECT_GE(day_of_row(row), 59);
    EXPECT_NE(day_of_row(row) % 3, 0);
    EXPECT_NE(row % 4, 2);
  }
  EXPECT_EQ(split.parts.valid.size(), 3 * 27u);  // days 59 … 99 but for 60, 63, … 99
  DataOptions none = options;
  none.valid_rows = "shop > 7";
  EXPECT_THAT(message_of([&] { split_rows(table(), none, 1); }), HasSubstr("holds for none of the 400 rows"));
}

TEST(SplitRows, DropsValidationRowsOfAClassThatTrainingLacks) {
  std::vector<int32_t> kind(400, 0);
  for (size_t k = 0; k < 400; ++k) kind[k] = k >= 396 ? 2 : static_cast<int32_t>(k % 2);
  const Frame frame = table().with("kind", Column::category(kind, std::vector<std::string>{"a", "b", "new"}));
  const DataOptions options{.target = {"kind"}, .cutoff = "2015-03-02"};
  const auto split = split_rows(frame, options, 1);
  EXPECT_EQ(split.parts.valid.back(), 395);
  EXPECT_THAT(split.remarks, Contains("4 validation row(s) have a class that no training row has, and are left out"));
}

TEST(SplitRows, SaysWhatDoesNotFit) {
  const Frame frame = table();
  EXPECT_THAT(message_of([&] { split_rows(frame, {.target = {"sales"}, .split = SplitKind::group}, 1); }),
              HasSubstr("table.split_column: is empty"));
  EXPECT_THAT(message_of([&] { split_rows(frame, {.target = {"sales"}, .split_column = "shp"}, 1); }),
              HasSubstr("nearest is 'shop'"));
  EXPECT_THAT(message_of([&] {
                split_rows(frame, {.target = {"sales"}, .split = SplitKind::time, .split_column = "kind"}, 1);
              }),
              HasSubstr("rows are ordered by a date or a number"));
  EXPECT_THAT(message_of([&] { split_rows(frame, {.target = {"sales"}, .valid_share = 1.5}, 1); }),
              HasSubstr("table.valid_share: is 1.5"));
  EXPECT_THAT(message_of([&] { split_rows(frame, {.target = {"sales"}, .train_rows = "shop = 9"}, 1); }),
              HasSubstr("leaves none of the 400 rows"));
}

TEST(FoldRows, AreOfTheSameKindAsTheSplit) {
  const Frame frame = table();
  const auto groups = fold_rows(frame, {.target = {"sales"}, .split_column = "shop", .folds = 4}, 1);
  ASSERT_EQ(groups.size(), 4u);
  for (const auto& parts : groups) EXPECT_EQ(parts.valid.size(), 100u);
  const auto times = fold_rows(frame, {.target = {"sales"}, .split = SplitKind::time, .folds = 4}, 1);
  for (const auto& parts : times) EXPECT_LT(parts.train.back(), parts.valid.front());
  EXPECT_EQ(fold_rows(frame, {.target = {"kind"}}, 1).size(), 5u);
}

TEST(Conditions, CompareWhatTheColumnHolds) {
  const Frame frame({{"n", Column::integer({1, null_integer, 3})},
                     {"t", Column::category({0, 1, null_code}, std::vector<std::string>{"x y", "z"})}});
  const auto check = [&](const std::string& text) { return holds(parse_conditions(text, "o").front(), frame, "o"); };
  EXPECT_EQ(check("n >= 2"), (std::vector<int8_t>{0, -1, 1}));
  EXPECT_EQ(check("n<=1"), (std::vector<int8_t>{1, -1, 0}));
  EXPECT_EQ(check("t = 'x y'"), (std::vector<int8_t>{1, 0, -1}));
  EXPECT_EQ(check("t != z"), (std::vector<int8_t>{1, 0, -1}));
  EXPECT_EQ(check("t == z"), (std::vector<int8_t>{0, 1, -1}));
  EXPECT_THAT(message_of([&] { check("t > z"); }), HasSubstr("only = and != are known of text"));
  EXPECT_THAT(message_of([&] { check("n > many"); }), HasSubstr("compare with a number"));
  EXPECT_THAT(message_of([&] { check("just words"); }), HasSubstr("is no comparison"));
}

}  // namespace
}  // namespace tenfold::tabular
