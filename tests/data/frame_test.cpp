#include "tenfold/data/frame.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"

namespace tenfold {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Frame sample() {
  return Frame({{"open", Column::boolean({1, 0, null_boolean, 1})},
                {"store", Column::integer({3, 1, null_integer, 3})},
                {"sales", Column::real(std::vector<double>{0.1, 2e6, kNone, -1})},
                {"state", Column::category({1, 0, -1, 1}, std::vector<std::string>{"NW", "BE"})},
                {"note", Column::text({"x", "", "ä", "x"})},
                {"date", Column::time({0, 86400 + 3723, null_integer, -86400})}},
               "sales.csv");
}

template <class Call>
std::string said(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Frame, ShowsValuesAsFilesHaveThem) {
  const Frame frame = sample();
  const std::vector<std::vector<std::string>> expected = {
      {"true", "3", "0.1", "BE", "x", "1970-01-01"},
      {"false", "1", "2000000", "NW", "", "1970-01-02T01:02:03"},
      {"", "", "", "", "ä", ""},
      {"true", "3", "-1", "BE", "x", "1969-12-31"},
  };
  for (size_t row = 0; row < 4; ++row)
    for (size_t k = 0; k < frame.columns(); ++k)
      EXPECT_EQ(frame.column(k).show(row), expected[row][k]) << frame.names()[k] << row;
  EXPECT_EQ(Column::real(std::vector<double>{1e-300}).show(0), "1e-300");
  EXPECT_EQ(Column::real(std::vector<double>{-std::numeric_limits<double>::infinity()}).show(0), "-inf");
  EXPECT_EQ(Column::real(std::vector<float>{0.1F}).show(0), "0.1");
}

TEST(Frame, KnowsNulls) {
  const Frame frame = sample();
  for (size_t k = 0; k < frame.columns(); ++k) {
    EXPECT_EQ(frame.column(k).nulls(), frame.names()[k] == "note" ? 0u : 1u) << frame.names()[k];
    EXPECT_EQ(frame.column(k).is_null(2), frame.names()[k] != "note");
  }
}

TEST(Frame, NamesTheNearestColumn) {
  const Frame frame = sample();
  EXPECT_EQ(said([&] { (void)frame["stores"]; }), "sales.csv: has no column 'stores'; nearest is 'store'");
  EXPECT_EQ(
      said([&] { frame.select({"open", "temperature"}); }),
      "sales.csv: has no column 'temperature'; its columns are 'open', 'store', 'sales', 'state', 'note', 'date'");
  EXPECT_EQ(said([&] { frame["store"].reals(); }),
            "a column of kind integer is read as real; convert it, or read its own kind");
  EXPECT_EQ(said([&] { frame.with("x", Column::integer({1})); }),
            "sales.csv: has 4 rows, column 'x' 1; columns of a table have one length");
  EXPECT_EQ(said([&] { frame.renamed("open", "store"); }),
            "sales.csv: has a column 'store' already; choose another name");
}

TEST(Column, IntegersOfTwoBytesReadAsThoseOfEight) {
  const Column narrow = Column::short_integer({3, null_short, -32767, 32767, 3}),
               wide = Column::integer({3, null_integer, -32767, 32767, 3});
  const auto list = [](const Column& column) {
    return std::vector<int64_t>(column.integers().begin(), column.integers().end());
  };
  EXPECT_EQ(narrow.kind(), ColumnKind::integer);
  EXPECT_EQ(list(narrow), list(wide));
  EXPECT_EQ(narrow.nulls(), 1u);
  EXPECT_TRUE(narrow.is_null(1));
  EXPECT_EQ(narrow.show(2), "-32767");
  EXPECT_EQ(narrow.show(1), "");
  EXPECT_EQ(narrow.numbers()[3], 32767);
  EXPECT_TRUE(std::isnan(narrow.numbers()[1]));
  EXPECT_EQ(list(narrow.take(std::vector<int64_t>{4, -1, 2})), (std::vector<int64_t>{3, null_integer, -32767}));
  EXPECT_EQ(list(narrow.append(narrow)), list(wide.append(wide)));
  EXPECT_EQ(list(narrow.append(wide)), list(wide.append(wide)));
  EXPECT_EQ(list(wide.append(narrow)), list(wide.append(wide)));
  EXPECT_EQ(to_category(narrow).levels(), to_category(wide).levels());
  EXPECT_EQ(narrow.integers().subspan(2, 2)[1], 32767);
  EXPECT_EQ(narrow.integers().end() - narrow.integers().begin(), 5);
}

TEST(Frame, SelectsColumnsWithoutCopyingThem) {
  const Frame frame = sample();
  const Frame two = frame.select({"date", "store"}).renamed("store", "shop");
  EXPECT_EQ(two.names(), (std::vector<std::string>{"date", "shop"}));
  EXPECT_EQ(two["shop"].integers().data(), frame["store"].integers().data());
  EXPECT_EQ(frame.without({"note", "open"}).columns(), 4u);
  EXPECT_EQ(frame.with("store", Column::integer({0, 0, 0, 7}))["store"].integers()[3], 7);
  EXPECT_EQ(frame["store"].integers()[3], 3);  // a value: the first is as it was
}

TEST(Frame, TakesRowsAndNulls) {
  const std::vector<int64_t> rows = {3, -1, 0};
  const Frame taken = sample().take(rows);
  EXPECT_EQ(taken.rows(), 3u);
  for (size_t k = 0; k < taken.columns(); ++k) {
    EXPECT_TRUE(taken.column(k).is_null(1));
    EXPECT_EQ(taken.column(k).show(0), sample().column(k).show(3));
    EXPECT_EQ(taken.column(k).show(2), sample().column(k).show(0));
  }
  EXPECT_EQ(sample().filter(std::vector<uint8_t>{0, 1, 0, 1})["store"].show(1), "3");
  EXPECT_EQ(sample().slice(3, 10).rows(), 1u);
}

TEST(Frame, AppendsRowsAndJoinsLevels) {
  const Frame above({{"a", Column::integer({1})}, {"b", Column::category({"x"})}, {"c", Column::text({"t"})}});
  const Frame below({{"b", Column::category({"y", "x"})},
                     {"a", Column::real(std::vector<double>{0.5, kNone})},
                     {"c", Column::category({"u", "u"})}});
  const Frame all = above.append(below);
  EXPECT_EQ(all["a"].kind(), ColumnKind::real);
  EXPECT_EQ(all["a"].show(1), "0.5");
  EXPECT_TRUE(all["a"].is_null(2));
  EXPECT_EQ(all["b"].levels(), (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(std::vector<int32_t>(all["b"].codes().begin(), all["b"].codes().end()), (std::vector<int32_t>{0, 1, 0}));
  EXPECT_EQ(all["c"].show(2), "u");
  EXPECT_NE(said([&] {
              above.append(above.with("a", Column::text({"q"})));
            }).find("column 'a' is integer above and text below"),
            std::string::npos);
  EXPECT_NE(said([&] { above.append(above.with("d", Column::text({"q"}))); }).find("has a column 'd' that"),
            std::string::npos);
}

TEST(Frame, GivesNumbersWithNotANumberForNull) {
  const Frame frame = sample();
  float out[2];
  frame["store"].copy_numbers(1, out);
  EXPECT_EQ(out[0], 1.F);
  EXPECT_TRUE(std::isnan(out[1]));
  EXPECT_EQ(frame["open"].numbers()[0], 1);
  EXPECT_EQ(frame["date"].numbers()[3], -86400);
  EXPECT_THROW(frame["state"].numbers(), Error);
  EXPECT_THROW(frame["store"].copy_numbers(3, out), Error);
}

TEST(Frame, MakesCategoriesOfAnything) {
  const Frame frame = sample();
  const Column store = to_category(frame["store"]);
  EXPECT_EQ(store.levels(), (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(store.show(0), "3");
  EXPECT_TRUE(store.is_null(2));
  EXPECT_EQ(to_category(frame["date"]).levels().front(), "1969-12-31");
  EXPECT_EQ(to_category(frame["open"]).levels(), (std::vector<std::string>{"false", "true"}));
  EXPECT_EQ(to_category(frame["note"]).levels(), (std::vector<std::string>{"x", "", "ä"}));
  EXPECT_EQ(sorted_levels(frame["state"]).levels(), (std::vector<std::string>{"BE", "NW"}));
  EXPECT_EQ(sorted_levels(frame["state"]).show(1), "NW");
  EXPECT_THROW(Column::category({0, 2}, std::vector<std::string>{"a", "b"}), Error);
  EXPECT_THROW(Column::category({0}, std::vector<std::string>{"a", "a"}), Error);
}

TEST(Frame, DescribesItsColumns) {
  const auto summary = sample().describe();
  EXPECT_EQ(summary[1].nulls, 1u);
  EXPECT_EQ(summary[1].distinct, 2u);
  EXPECT_EQ(summary[1].lowest, "1");
  EXPECT_EQ(summary[1].highest, "3");
  EXPECT_DOUBLE_EQ(summary[1].mean, 7. / 3);
  EXPECT_EQ(summary[3].lowest, "BE");
  EXPECT_EQ(summary[4].distinct, 3u);
  EXPECT_EQ(summary[4].examples, (std::vector<std::string>{"x", "", "ä"}));
  EXPECT_EQ(summary[5].lowest, "1969-12-31");
  EXPECT_TRUE(std::isnan(summary[5].mean));
  const auto nothing = Frame({{"a", Column::integer({null_integer})}}).describe();
  EXPECT_EQ(nothing[0].distinct, 0u);
  EXPECT_EQ(nothing[0].lowest, "");
}

TEST(Dates, CalendarRoundTripsOverFiveCenturies) {
  int64_t expected = days_of({.year = 1700, .month = 1, .day = 1});
  EXPECT_EQ(expected, -98615);  // numpy: datetime64('1700-01-01') to days
  for (int year = 1700; year < 2200; ++year)
    for (int month = 1; month <= 12; ++month)
      for (int day = 1; day <= days_in_month(year, month); ++day, ++expected) {
        ASSERT_EQ(days_of({.year = year, .month = month, .day = day}), expected);
        const CivilDate back = date_of(expected);
        ASSERT_TRUE(back.year == year && back.month == month && back.day == day);
      }
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(86400), 1);
}

TEST(Dates, ReadsWhatPeopleWrite) {
  const int64_t day = 952905600;  // 2000-03-13
  EXPECT_EQ(parse_time("2000-03-13", DateFormat::iso), day);
  EXPECT_EQ(parse_time("2000/3/13", DateFormat::iso), day);
  EXPECT_EQ(parse_time("13.3.2000", DateFormat::day_first), day);
  EXPECT_EQ(parse_time("03/13/2000", DateFormat::month_first), day);
  EXPECT_EQ(parse_time("2000-03-13T10:20:30Z", DateFormat::iso), day + 37230);
  EXPECT_EQ(parse_time("2000-03-13 10:20", DateFormat::iso), day + 37200);
  EXPECT_EQ(parse_time("2000-03-13T10:20:30.25+01:30", DateFormat::iso), day + 37230 - 5400);
  EXPECT_EQ(parse_time("2000-03-13T10:20:30-0100", DateFormat::iso), day + 37230 + 3600);
  for (const char* wrong : {"2000-02-30", "2000-13-01", "00-03-13", "2000-03", "2000-03-13T", "2000-03-13T25:00",
                            "2000-03/13", "2000-03-13x", "2000-03-13T10:20:30+", "1900-02-29", "", "12"})
    EXPECT_FALSE(parse_time(wrong, DateFormat::iso)) << wrong;
  EXPECT_FALSE(parse_time("13/3/2000", DateFormat::month_first));
  EXPECT_EQ(show_time(day), "2000-03-13");
  EXPECT_EQ(show_time(-1), "1969-12-31T23:59:59");
}

}  // namespace
}  // namespace tenfold
