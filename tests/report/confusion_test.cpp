#include "tenfold/report/confusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/well_formed.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;
using testing::Not;

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Confusion, SmallMatricesShowCountsSharesRecallAndPrecision) {
  const auto html = confusion_table({"ant", "bee"}, {{18, 2}, {1, 29}});
  EXPECT_EQ(trouble_in(html), "");
  EXPECT_THAT(html, HasSubstr(">18<small>90%</small>"));
  EXPECT_THAT(html, HasSubstr(">2<small>10%</small>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"sum\">20</td><td class=\"sum\">90%</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"sum\">95%</td><td class=\"sum\">94%</td>"));  // 18/19, 29/31
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">ant</th>"));
}

TEST(Confusion, NearlyAllIsNotAllAndNearlyNothingNotNothing) {
  const auto html = confusion_table({"a", "b"}, {{999, 1}, {0, 5}});
  EXPECT_THAT(html, HasSubstr("999<small>99%</small>"));
  EXPECT_THAT(html, HasSubstr("1<small>&lt;1%</small>"));
  EXPECT_THAT(html, HasSubstr("5<small>100%</small>"));
}

TEST(Confusion, AnEmptyRowDividesByNothing) {
  const auto html = confusion_table({"a", "b"}, {{0, 0}, {0, 3}});
  EXPECT_THAT(html, HasSubstr("<td class=\"sum\">0</td><td class=\"sum\">–</td>"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(Confusion, FortyClassesStaySmall) {
  std::vector<std::vector<int64_t>> matrix(40, std::vector<int64_t>(40, 1));
  const auto html = confusion_table({}, matrix);
  EXPECT_EQ(trouble_in(html), "");
  EXPECT_EQ(count(html, "<tr data-sum=\"40\">"), 40u);
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">39</th>"));
  EXPECT_LT(html.size(), 100'000u);
}

TEST(Confusion, OfAThousandClassesItShowsTheMostMistaken) {
  std::vector<std::vector<int64_t>> matrix(1000, std::vector<int64_t>(1000));
  for (size_t i = 0; i < 1000; ++i) matrix[i][i] = 10;
  matrix[903][17] = 4;
  const auto html = confusion_table({}, matrix);
  EXPECT_THAT(html, HasSubstr("The 64 of 1000 classes with the most mistakes"));
  EXPECT_THAT(html, HasSubstr("<tr data-sum=\"14\"><th scope=\"row\">903</th>"));
  EXPECT_EQ(count(html, "<tr data-sum"), 64u);
}

TEST(Confusion, PairsComeByCount) {
  const auto pairs = confused_pairs({{5, 3, 0}, {7, 1, 0}, {3, 0, 2}}, 3);
  ASSERT_EQ(pairs.size(), 3u);
  EXPECT_EQ(pairs[0].actual, 1u);
  EXPECT_EQ(pairs[0].predicted, 0u);
  EXPECT_EQ(pairs[0].count, 7);
  EXPECT_DOUBLE_EQ(pairs[0].share, 7.0 / 8);
  EXPECT_EQ(pairs[1].actual, 0u);  // equal counts in the order of the classes
  EXPECT_EQ(pairs[2].actual, 2u);
}

TEST(Confusion, AFaultlessModelConfusesNothing) { EXPECT_EQ(confused_list({"a", "b"}, {{3, 0}, {0, 4}}), ""); }

}  // namespace
}  // namespace tenfold::report
