#include "tenfold/report/marked_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/report/well_formed.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MarkedText, ShadesByTheLargestWeight) {
  const auto html = marked_text({.caption = "actual: good 0.2", .words = {"a", "fine", "bore"}, .weight = {0, 4, -2}});
  EXPECT_EQ(trouble_in(html), "");
  EXPECT_THAT(html, HasSubstr("<mark class=\"for\" style=\"--p:100%\""));
  EXPECT_THAT(html, HasSubstr("<mark class=\"against\" style=\"--p:50%\""));
  EXPECT_THAT(html, HasSubstr(">a <mark")) << "what did nothing is left plain";
  EXPECT_THAT(html, HasSubstr("actual: good 0.2"));
}

TEST(MarkedText, IsSafeWithAnyWordsAndWeights) {
  const auto html =
      marked_text({.caption = "<b>", .words = {"<script>", "x\xff", "y", "z"}, .weight = {NAN, INFINITY, 1}});
  EXPECT_EQ(trouble_in(html), "");
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, HasSubstr("--p:100%"));
  EXPECT_EQ(trouble_in(marked_text({})), "");
}

TEST(TranslationTable, HasARowForEachAndKeepsMarkup) {
  const auto html = translation_table({{.source = "ein <b>", .reference = "a <b>", .translation = "one"}});
  EXPECT_THAT(html, testing::HasSubstr("<td>ein &lt;b&gt;</td><td>a &lt;b&gt;</td><td>one</td>"));
  EXPECT_EQ(translation_table({}), "");
}

TEST(Alignment, HasARowForEachWordOfTheTarget) {
  const auto html = alignment_tables({{.source = {"ein", "Hund"},
                                       .target = {"a", "dog"},
                                       .weight = {{0.9, 0.1}, {0.25, 0.75}},
                                       .reference = "a <dog>"}});
  EXPECT_EQ(trouble_in(html), "");
  EXPECT_THAT(html,
              HasSubstr("<th scope=\"row\">dog</th><td style=\"--p:25%\" title=\"25 %\"></td><td style=\"--p:75%\""));
  EXPECT_THAT(html, HasSubstr("a human wrote: a &lt;dog&gt;"));
  EXPECT_EQ(alignment_tables({}), "");
}

}  // namespace
}  // namespace tenfold::report
