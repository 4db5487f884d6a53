// Tables by the built programs: what inspect says of good and of hostile ones, and that train and predict refuse or
// tell the same, by file, line and remedy.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"
#include "tenfold/core/options.h"

namespace tenfold::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Tables : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& csv) {
    spill(folder_ / name, csv);
    return (folder_ / name).string();
  }
  Finished inspect(const std::string& csv, std::vector<std::string> more = {"--target", "y"}) {
    std::vector<std::string> words = {"inspect", "--table", file("t.csv", csv)};
    words.insert(words.end(), more.begin(), more.end());
    return run_words(words);
  }
  /// The error block of a run of one epoch.
  Finished train(const std::string& csv, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"train",
                                      "--table",
                                      file("t.csv", csv),
                                      "--target",
                                      "y",
                                      "--out",
                                      (folder_ / "run").string(),
                                      "--epochs",
                                      "1",
                                      "--threads",
                                      "1",
                                      "--table_model.layers",
                                      "8"};
    words.insert(words.end(), more.begin(), more.end());
    return run_words(words);
  }
  static std::string rows(const std::string& header, int count, const std::string& bad = "") {
    std::string csv = header + "\n";
    for (int k = 0; k < count; ++k)
      csv += !bad.empty() && k == count / 2
                 ? bad + "\n"
                 : std::to_string(k * 7 % 31) + ".5,n" + std::to_string(k % 3) + "," + std::to_string(k % 7) + ".25\n";
    return csv;
  }
  Folder folder_;
};

TEST_F(Tables, InspectShowsColumnsTargetSplitAndCommand) {
  std::string csv = "Date,Shop,Sales\n";
  for (int k = 0; k < 280; ++k) {
    char date[16];
    std::snprintf(date, sizeof date, "2015-%02d-%02d", 1 + k / 28, 1 + k % 28);
    csv += std::string(date) + ",shop " + std::to_string(k % 5) + "," + std::to_string(1000 + k * 7919 % 1009) + "\n";
  }
  const auto path = file("sales.csv", csv);
  const auto result = run_words({"inspect", "--table", path, "--target", "Sales"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("280 rows, 3 columns"));
  EXPECT_THAT(result.out, HasSubstr("category: text with 5 different values"));
  EXPECT_THAT(result.out, HasSubstr("2015-01-01 to 2015-10-28"));
  EXPECT_THAT(result.out, HasSubstr("target Sales, regression"));
  EXPECT_THAT(result.out, HasSubstr("the rows follow each other in time"));
  EXPECT_THAT(result.out, HasSubstr("tenfold train --table " + path +
                                    " --target Sales --table.split time --table.split_column Date"));
  const auto json = run_words({"inspect", "--table", path, "--target", "Sales", "--json", "-"});
  const auto tree = Json::parse(json.out);
  EXPECT_EQ(tree.at("columns").size(), 3u);
  EXPECT_EQ(tree.at("columns")[1].at("use"), "category");
  EXPECT_EQ(tree.at("leaks")[0].at("kind"), "date");
  EXPECT_EQ(tree.at("task"), "regression");
}

TEST_F(Tables, ACsvIsATableWhereItsFirstColumnNamesNoFiles) {
  const auto table = run_words({"inspect", file("train.csv", rows("x,name,y", 60))});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("60 rows, 3 columns"), HasSubstr("--target COLUMN")));
}

TEST_F(Tables, ACsvIsAListOfImagesWhereItsFirstColumnNamesFiles) {
  make_pictures(folder_ / "pictures", 4);
  std::string csv = "file,label\n";
  for (int k = 0; k < 4; ++k)
    csv += "across/a" + std::to_string(k) + ".bmp,across\ndown/d" + std::to_string(k) + ".bmp,down\n";
  const auto images = run_words({"inspect", file("pictures/labels.csv", csv)});
  EXPECT_EQ(images.code, 0) << images.err;
  EXPECT_THAT(images.out, AllOf(HasSubstr("csv, task single_label"), HasSubstr("--csv")));
  const auto asked = run_words({"inspect", "--table", (folder_ / "pictures/labels.csv").string()});
  EXPECT_THAT(asked.out, HasSubstr("8 rows, 2 columns")) << "--table wins";
}

TEST_F(Tables, InspectRefusesTwoThingsAtOnce) {
  const auto path = file("t.csv", rows("x,name,y", 60));
  EXPECT_EQ(run_words({"inspect"}).code, 2);
  EXPECT_EQ(run_words({"inspect", path, "--table", path}).code, 2);
  EXPECT_EQ(run_words({"inspect", path, "--target", "y", "--data.task", "regression"}).code, 2);
  EXPECT_THAT(run_words({"inspect", path, "--target", "yy"}).err, HasSubstr("nearest is 'y'"));
}

TEST_F(Tables, HostileRaggedRowsAreAllListed) {
  const auto found = inspect("x,y\n1,2\n3\n4,5,6\n7,8\n");
  EXPECT_EQ(found.code, 3);
  EXPECT_THAT(found.out, AllOf(HasSubstr("t.csv:3: has 1 fields"), HasSubstr("t.csv:4: has 3 fields")));
  EXPECT_THAT(found.out, Not(HasSubstr("next")));
  const auto trained = train("x,y\n1,2\n3\n4,5,6\n7,8\n");
  EXPECT_EQ(trained.code, 3);
  EXPECT_THAT(trained.err, HasSubstr("t.csv:3: has 1 fields, the header 2"));
}

TEST_F(Tables, HostileHeadersAndBytes) {
  const auto twice = train(rows("x,x,y", 60));
  EXPECT_EQ(twice.code, 3);
  EXPECT_THAT(twice.err, HasSubstr("t.csv:1: names column 'x' twice; rename one"));
  const auto latin = train(rows("x,name,y", 60, "1.5,M\xFCller,2.25"));
  EXPECT_EQ(latin.code, 3);
  EXPECT_THAT(latin.err, HasSubstr("t.csv:32: is not UTF-8"));
  EXPECT_EQ(inspect(rows("\xEF\xBB\xBFx,name,y", 60)).code, 0) << "a byte order mark";
  EXPECT_EQ(inspect(rows("x,name,y", 60, "1.5,M\xFCller,2.25"), {"--table.encoding", "latin1"}).code, 0);
}

TEST_F(Tables, HostileTargets) {
  std::string constant = "x,y\n", empty = constant;
  for (int k = 0; k < 40; ++k) constant += std::to_string(k) + ".5,a\n", empty += std::to_string(k) + ".5,\n";
  const auto one = inspect(constant);
  EXPECT_EQ(one.code, 3);
  EXPECT_THAT(one.out, HasSubstr("'y' is 'a' in all training rows"));
  EXPECT_THAT(inspect(empty).out, HasSubstr("is missing in every row"));
  EXPECT_THAT(inspect(rows("x,name,y", 60, "1.5,n1,inf")).out, HasSubstr("infinite in row 31 of"));
  const auto gaps = inspect(rows("x,name,y", 60, "1.5,n1,"));
  EXPECT_EQ(gaps.code, 0);
  EXPECT_THAT(gaps.out, HasSubstr("1 rows have no target"));
  EXPECT_EQ(inspect("x,y\n1.5,2.5\n").code, 3) << "one row";
  const auto trained = train("x,y\n1.5,2.5\n");
  EXPECT_NE(trained.code, 0);
  EXPECT_THAT(trained.err, HasSubstr("has one row to learn from"));
}

TEST_F(Tables, HostileColumns) {
  const auto mixed = inspect(rows("x,name,y", 60, "many,n1,2.25"));
  EXPECT_EQ(mixed.code, 0);
  EXPECT_THAT(mixed.out, HasSubstr("t.csv:32: column 'x' has 'many' below numbers"));
  const auto listed = train(rows("x,name,y", 60, "many,n1,2.25"), {"--table.continuous", "x"});
  EXPECT_EQ(listed.code, 3);
  EXPECT_THAT(listed.err, HasSubstr("t.csv:32: column 'x' has 'many', which is not a number"));
  std::string csv = "x,day,empty,y\n";
  for (int k = 0; k < 60; ++k)
    csv += std::string(k == 30 ? "inf" : "1.5") + "," + (k == 40 ? "31/01/2013" : "2013-01-31") + ",," +
           std::to_string(k % 7) + ".25\n";
  const auto odd = inspect(csv);
  EXPECT_THAT(odd.out, HasSubstr("t.csv:42: column 'day' has '31/01/2013' below dates of another form"));
  EXPECT_THAT(odd.out, HasSubstr("ignored: has no value in any training row"));
}

TEST_F(Tables, HostileTablesToPredict) {
  ASSERT_EQ(train(rows("x,name,y", 120)).code, 0);
  const auto model = (folder_ / "run").string();
  const auto predicted = [&](const std::string& csv) { return run_words({"predict", model, file("p.csv", csv)}); };
  const auto plain = predicted("x,name\n1.5,n1\n2.5,n2\n");
  ASSERT_EQ(plain.code, 0) << plain.err;
  const auto other = predicted("name,new,x\nn1,7,1.5\nn2,8,2.5\n");
  EXPECT_EQ(other.out, plain.out) << "columns in another order";
  EXPECT_THAT(other.err, HasSubstr("columns that the training table did not have are ignored: 'new'"));
  const auto unseen = predicted("x,name\n1.5,stranger\n");
  EXPECT_EQ(unseen.code, 0);
  EXPECT_THAT(unseen.err, HasSubstr("a level that no training row has ('stranger' in row 1), taken as #na#"));
  const auto lacking = predicted("x,naem\n1.5,n1\n");
  EXPECT_EQ(lacking.code, 3);
  EXPECT_THAT(lacking.err, HasSubstr("lacks 'name' (nearest is 'naem'), which the model was trained with"));
}

}  // namespace
}  // namespace tenfold::cli
