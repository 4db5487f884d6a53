// Tables as they come, from file to prepared rows: what is odd is told, what cannot be used is refused by file, line
// and remedy.

#include "tenfold/tabular/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"

namespace tenfold::tabular {
namespace {

using testing::Contains;
using testing::HasSubstr;

class HostileFile : public testing::Test {
 protected:
  HostileFile() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tenfold-load-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~HostileFile() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& csv) {
    write_file(folder_ / name, csv);
    return (folder_ / name).string();
  }
  LoadedTable load_csv(const std::string& csv, DataOptions options = {}) {
    options.path = file("t.csv", csv);
    if (options.target.empty()) options.target = {"y"};
    return load(options);
  }
  std::string refusal(const std::string& csv, DataOptions options = {}) {
    try {
      load_csv(csv, std::move(options));
    } catch (const Error& error) {
      std::string text = error.what();
      const std::string folder = folder_.string() + "/";
      for (size_t at; (at = text.find(folder)) != std::string::npos;) text.erase(at, folder.size());
      return text;
    }
    return "accepted";
  }
  /// x, a name and y of 40 rows; `bad` in the place of a row's cells.
  static std::string rows(const std::string& header, const std::string& bad = "", int at = 20) {
    std::string csv = header + "\n";
    for (int k = 0; k < 40; ++k)
      csv += k == at && !bad.empty()
                 ? bad + "\n"
                 : std::to_string(k) + ".5,n" + std::to_string(k % 3) + "," + std::to_string(k % 7) + ".25\n";
    return csv;
  }

  std::filesystem::path folder_;
};

TEST_F(HostileFile, RaggedRowsAreNamed) {
  EXPECT_EQ(refusal(rows("x,name,y", "1,n1")),
            "t.csv:22: has 2 fields, the header 3; quote fields that contain the separator");
  EXPECT_EQ(refusal(rows("x,name,y", "1,n,1,2,3")),
            "t.csv:22: has 5 fields, the header 3; quote fields that contain the separator");
}

TEST_F(HostileFile, DuplicateHeadersAreNamed) {
  EXPECT_EQ(refusal(rows("x,x,y")), "t.csv:1: names column 'x' twice; rename one");
}

TEST_F(HostileFile, AByteOrderMarkBelongsToNoColumn) {
  const auto loaded =
      load_csv(rows("\xEF\xBB\xBF"
                    "y,name,x"));
  EXPECT_EQ(loaded.frame.names().front(), "y");
}

TEST_F(HostileFile, MixedTypesNameTheRow) {
  const auto loaded = load_csv(rows("x,name,y", "many,n1,2.25"));
  EXPECT_THAT(loaded.told, Contains(HasSubstr("t.csv:22: column 'x' has 'many' below numbers")));
  EXPECT_EQ(refusal(rows("x,name,y", "many,n1,2.25"), {.continuous = {"x"}}),
            "t.csv:22: column 'x' has 'many', which is not a number; correct the row, or declare another kind");
}

TEST_F(HostileFile, NumbersWithLeadingZerosAreNumbersWhereListed) {
  const std::string csv = rows("x,name,y", "007,n1,2.25");
  EXPECT_EQ(load_csv(csv).frame["x"].kind(), ColumnKind::category);
  const auto loaded = load_csv(csv, {.continuous = {"x"}});
  ASSERT_EQ(loaded.frame["x"].kind(), ColumnKind::real);
  EXPECT_EQ(loaded.frame["x"].reals()[20], 7);
}

TEST_F(HostileFile, AColumnWithoutValuesIsLeftOut) {
  std::string csv = "x,empty,y\n";
  for (int k = 0; k < 40; ++k) csv += std::to_string(k) + ".5,," + std::to_string(k % 7) + ".25\n";
  const auto loaded = load_csv(csv);
  EXPECT_THAT(loaded.told, Contains(HasSubstr("column 'empty' is empty in every row")));
  ASSERT_EQ(loaded.preprocessor.plan.size(), 3u);
  EXPECT_EQ(loaded.preprocessor.plan[1].use, "ignored");
  EXPECT_EQ(loaded.preprocessor.plan[1].reason, "has no value in any training row");
}

TEST_F(HostileFile, AConstantTargetIsRefusedOrTold) {
  std::string classes = "x,y\n", numbers = classes;
  for (int k = 0; k < 40; ++k) classes += std::to_string(k) + ".5,a\n", numbers += std::to_string(k) + ".5,2.5\n";
  EXPECT_EQ(
      refusal(classes),
      "table.target: 'y' is 'a' in all training rows; there is nothing to tell apart. Name another column or take "
      "more rows");
  EXPECT_THAT(load_csv(numbers).told, Contains("target 'y' is 2.5 in all training rows: there is nothing to learn"));
}

TEST_F(HostileFile, RowsWithoutATargetAreLeftOutAndTold) {
  const auto loaded = load_csv(rows("x,name,y", "1.5,n1,"));
  EXPECT_THAT(loaded.told, Contains("1 row(s) without a target are left out"));
  EXPECT_EQ(loaded.split.parts.train.size() + loaded.split.parts.valid.size(), 39u);
  EXPECT_THAT(refusal("x,y\n1.5,\n2.5,\n"), HasSubstr("leaves none of the 2 rows of t.csv"));
}

TEST_F(HostileFile, OneRowIsTooFew) {
  EXPECT_EQ(
      refusal("x,y\n1.5,2.5\n"),
      "table.path: t.csv has one row to learn from, and some must validate; needs two at the very least. Add rows");
}

TEST_F(HostileFile, DatesInTwoFormatsNameTheLine) {
  std::string csv = "day,x,y\n";
  for (int k = 0; k < 40; ++k)
    csv += (k == 30 ? "31/01/2013" : "2013-01-" + std::to_string(10 + k % 20)) + "," + std::to_string(k) + ".5," +
           std::to_string(k % 7) + ".25\n";
  EXPECT_THAT(load_csv(csv).told,
              Contains(HasSubstr("t.csv:32: column 'day' has '31/01/2013' below dates of another")));
  EXPECT_THAT(refusal(csv, {.dates = {"day"}}),
              HasSubstr("t.csv:32: column 'day' has '31/01/2013', which is not a time of the form of those above"));
}

TEST_F(HostileFile, DaysMayStandBeforeMonths) {
  std::string csv = "day,x,y\n";
  for (int k = 0; k < 40; ++k)
    csv += "0" + std::to_string(1 + k % 9) + "/04/2013," + std::to_string(k) + ".5," + std::to_string(k % 7) + ".25\n";
  const auto american = load_csv(csv), european = load_csv(csv, {.day_first = true});
  EXPECT_THAT(american.told, Contains(HasSubstr("say day_first if that is wrong")));
  EXPECT_EQ(american.frame["day"].show(1), "2013-02-04");
  EXPECT_EQ(european.frame["day"].show(1), "2013-04-02");
}

TEST_F(HostileFile, InfinitiesAreMissingInColumnsAndRefusedInTheTarget) {
  const auto loaded = load_csv(rows("x,name,y", "inf,n1,2.25", 3));
  EXPECT_THAT(loaded.told, Contains(HasSubstr("'x' is infinite in 1 training row(s), taken as missing")));
  EXPECT_EQ(refusal(rows("x,name,y", "1.5,n1,-inf")),
            "table.target: 'y' is infinite in row 21 of t.csv; correct it or leave the row out");
}

TEST_F(HostileFile, OtherEncodingsAreReadWhereTheyAreNamed) {
  const std::string csv = rows("x,name,y", "1.5,M\xFCller,2.25");
  EXPECT_EQ(refusal(csv),
            "t.csv:22: is not UTF-8 from byte 252 on; say encoding latin1 or utf16, or convert the file (iconv -t "
            "UTF-8)");
  EXPECT_EQ(load_csv(csv, {.encoding = Encoding::latin1}).frame["name"].show(20), "M\xC3\xBCller");
}

TEST_F(HostileFile, AHundredThousandLevelsAreLearnt) {
  std::string csv = "user,x,y\n";
  for (int k = 0; k < 200000; ++k)
    csv += "u" + std::to_string(k % 100000) + "," + std::to_string(k % 91) + ".5," + std::to_string(k % 7) + ".25\n";
  const auto loaded = load_csv(csv, {.categorical = {"user"}});
  ASSERT_EQ(loaded.preprocessor.categories.size(), 1u);
  EXPECT_GT(cardinality(loaded.preprocessor.categories[0]), 95000);
}

/// A model of x, name and y, asked about another table.
class HostilePrediction : public HostileFile {
 protected:
  HostilePrediction() : trained_(load_csv(rows("x,name,y"))) {}
  std::vector<std::string> told_of(const std::string& csv) {
    std::vector<std::string> told;
    const auto frame = read_table(file("p.csv", csv), {}, 1, &told);
    codes_ = to_predict(frame, trained_.preprocessor, &told);
    return told;
  }
  std::string refused(const std::string& csv) {
    try {
      told_of(csv);
    } catch (const DataError& error) {
      return std::string(error.what()).substr(folder_.string().size() + 1);
    }
    return "accepted";
  }
  LoadedTable trained_;
  Data codes_;
};

TEST_F(HostilePrediction, UnseenLevelsNewColumnsAndAnotherOrderAreTold) {
  const auto told = told_of("new,name,x\n1,n1,2.5\n2,stranger,3.5\n3,n2,4.5\n");
  EXPECT_THAT(told,
              Contains(HasSubstr("'name': 1 row(s) have a level that no training row has ('stranger' in row 2)")));
  EXPECT_THAT(told, Contains("columns that the training table did not have are ignored: 'new'"));
  EXPECT_EQ(codes_.test->size(), 3);
}

TEST_F(HostilePrediction, MissingColumnsAreNamedWithTheNearest) {
  EXPECT_EQ(refused("naem,x\nn1,1.5\n"),
            "p.csv: lacks 'name' (nearest is 'naem'), which the model was trained with; add the column, empty where "
            "unknown");
}

TEST_F(HostilePrediction, WordsAmongNumbersAreToldByLineAndCountAsMissing) {
  const auto told = told_of("x,name\n1.5,n1\nmany,n2\n");
  EXPECT_THAT(told, Contains(HasSubstr("p.csv:3: column 'x' has 'many' below numbers")));
  EXPECT_THAT(told, Contains(HasSubstr("'x' is missing, infinite or no number in 1 row(s)")));
}

}  // namespace
}  // namespace tenfold::tabular
