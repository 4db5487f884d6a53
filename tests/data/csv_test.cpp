#include "tenfold/data/csv.h"

#include <gtest/gtest.h>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_csv(text, "labels.csv");
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(Csv, ReadsQuotesNewlinesAndCarriageReturns) {
  const Table table = parse_csv(
      "\xEF\xBB\xBF"
      "name,label\r\n\"a, \"\"b\"\"\",x\r\n\r\n\"two\nlines\",\r\nlast,\"\"",
      "labels.csv");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"name", "label"}));
  EXPECT_EQ(table.cells[0], (std::vector<std::string>{"a, \"b\"", "two\nlines", "last"}));
  EXPECT_EQ(table.cells[1], (std::vector<std::string>{"x", "", ""}));
  EXPECT_EQ(table.lines, (std::vector<long>{2, 4, 6}));
}

TEST(Csv, TakesTheSeparatorFromTheHeader) {
  EXPECT_EQ(parse_csv("a\tb\n1,5\t2\n", "x").cells[0][0], "1,5");
  EXPECT_EQ(parse_csv("a;b\n1,5;2\n", "x").cells[0][0], "1,5");
  EXPECT_EQ(parse_csv("a\n1;2\n", "x").cells[0][0], "1;2");
  EXPECT_EQ(parse_csv("a,b\n5\" disk,2\n", "x").cells[0][0], "5\" disk");
}

TEST(Csv, FindsColumnsOrNamesTheNearest) {
  const Table table = parse_csv("image,label\n1,2\n", "labels.csv");
  EXPECT_EQ(table.column("label"), 1u);
  try {
    table.column("labels");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "labels.csv:1: has no column 'labels'; nearest is 'label'");
  }
  try {
    table.column("breed_of_dog");
    FAIL();
  } catch (const DataError& error) {
    EXPECT_STREQ(error.what(), "labels.csv:1: has no column 'breed_of_dog'; its columns are 'image', 'label'");
  }
}

TEST(Csv, NamesTheLineThatIsWrong) {
  EXPECT_EQ(refusal(""), "labels.csv: is empty; needs a header line and one row an item");
  EXPECT_EQ(refusal("a,b\n"), "labels.csv: has a header and no row; needs one row an item");
  EXPECT_EQ(refusal("a,b,a\n1,2,3\n"), "labels.csv:1: names column 'a' twice; rename one");
  EXPECT_EQ(refusal("a,b\n1,2\n1,2,3\n"),
            "labels.csv:3: has 3 fields, the header 2; quote fields that contain the separator");
  EXPECT_EQ(refusal("a,b\n1,2\n1,\"2\n3,4\n"),
            "labels.csv:3: a quote is opened here and never closed; close it, or double quotes inside fields");
  EXPECT_EQ(refusal("a,b\n\"1\"x,2\n"),
            "labels.csv:2: text follows a closing quote; double the quotes that belong to the field");
}

}  // namespace
}  // namespace tenfold
