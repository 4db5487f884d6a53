#include "tenfold/core/inspection.h"

#include <gtest/gtest.h>

namespace tenfold {
namespace {

struct Made {
  std::string path;
  std::vector<std::string> columns{};
  double share = 0.2;
  bool dates = true, strict = false;
};
template <class Visitor>
void fields(Visitor&& visit, Made& o) {
  visit("path", o.path, "");
  visit("columns", o.columns, "");
  visit("share", o.share, "");
  visit("dates", o.dates, "");
  visit("strict", o.strict, "");
}

TEST(Inspection, SaysAsFlagsWhatIsNotUsual) {
  const auto flags = [](const Made& made) {
    return flags_between(describe(Made{}, "t"), describe(made, "t"), {{"t.path", "table"}});
  };
  EXPECT_EQ(flags({}), "");
  EXPECT_EQ(flags({.path = "my table.csv"}), " --table 'my table.csv'");
  EXPECT_EQ(flags({.columns = {"a", "b c"}, .share = 0.25, .dates = false, .strict = true}),
            " --t.columns 'a,b c' --t.share 0.25 --t.dates=no --t.strict");
}

TEST(Inspection, CutsAnErrorInPlaceAndProblem) {
  EXPECT_EQ(broken_by(DataError("t.csv", 7, "has 1 fields")).path, "t.csv:7");
  EXPECT_EQ(broken_by(DataError("t.csv", 0, "is empty: x")).problem, "is empty: x");
}

TEST(Inspection, QuotesWordsForAShell) {
  EXPECT_EQ(shell_word("plain/path.csv"), "plain/path.csv");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
}

}  // namespace
}  // namespace tenfold
