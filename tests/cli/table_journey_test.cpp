// A table as a user goes it, with the built programs: train, predict a file of rows, evaluate.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "program.h"
#include "tenfold/core/options.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr int kRows = 600;

/// Sales by shop and weekday, whose logarithm is learnt.
std::string sales() {
  std::string csv = "Shop,Weekday,Size,Sales\n";
  for (int k = 0; k < kRows; ++k) {
    const int shop = k % 5, day = k / 5 % 7, size = 50 + k * 37 % 200;
    csv += "shop " + std::to_string(shop) + "," + std::to_string(day) + "," + std::to_string(size) + "," +
           std::to_string(100.25 * (shop + 1) * (day == 6 ? 0.5 : 1) + size) + "\n";
  }
  return csv;
}

std::map<std::string, std::string> lines_by_name(const std::string& csv) {
  std::map<std::string, std::string> out;
  std::istringstream in(csv);
  for (std::string line; std::getline(in, line);) out[line.substr(0, line.find(','))] = line;
  return out;
}

class TableJourney : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new Folder;
    spill(*folder_ / "sales.csv", sales());
    trained_ = new Finished(run_words({"train", "--table",
                                       table(), "--target",
                                       "Sales", "--table.target_transform",
                                       "log",   "--table_model.layers",
                                       "16",    "--out",
                                       run(),   "--epochs",
                                       "20",    "--lr",
                                       "2e-2",  "--batch",
                                       "64",    "--threads",
                                       "1",     "--precision",
                                       "fp32"}));
  }
  static void TearDownTestSuite() {
    delete trained_;
    delete folder_;
  }
  static std::string table() { return (*folder_ / "sales.csv").string(); }
  static std::string run() { return (*folder_ / "run").string(); }

  static inline Folder* folder_ = nullptr;
  static inline Finished* trained_ = nullptr;
};

TEST_F(TableJourney, PredictsAFileInTheUnitOfTheTableAsTheRunDid) {
  ASSERT_EQ(trained_->code, 0) << trained_->err;
  const auto out = (*folder_ / "predictions.csv").string();
  const auto result = run_words({"predict", run(), table(), "--out", out});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith(std::to_string(kRows) + " predictions in "));
  const auto mine = lines_by_name(slurp(out)), runs = lines_by_name(slurp(run() + "/predictions.csv"));
  EXPECT_EQ(mine.size(), kRows + 1u);
  ASSERT_GT(runs.size(), 50u);
  for (const auto& [name, line] : runs) EXPECT_EQ(mine.at(name), line);
  EXPECT_GT(std::stod(mine.at("row 5").substr(6)), 50) << "sales, not their logarithm";

  const auto printed =
      run_words({"predict", run(), table(), "--batch", "64", "--json", (*folder_ / "p.json").string()});
  ASSERT_EQ(printed.code, 0) << printed.err;
  EXPECT_EQ(printed.out, slurp(out)) << "the same on standard output, in other batches";
  const auto json = Json::parse(slurp(*folder_ / "p.json"));
  EXPECT_EQ(json.at("predictions").size(), static_cast<size_t>(kRows));
}

TEST_F(TableJourney, PredictsRowsWhoseTargetCouldNotBeLearntFrom) {
  const auto closed = (*folder_ / "closed.csv").string(), out = (*folder_ / "closed_predictions.csv").string();
  spill(closed, "Shop,Weekday,Size,Sales\nshop 1,3,80,0\nshop 2,6,90,\n");  // no logarithm; none at all
  const auto result = run_words({"predict", run(), closed, "--out", out});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto rows = lines_by_name(slurp(out));
  EXPECT_EQ(rows.size(), 3u);
  EXPECT_GT(std::stod(rows.at("row 1").substr(6)), 50);
}

TEST_F(TableJourney, EvaluatesInTheUnitOfTheTable) {
  ASSERT_EQ(trained_->code, 0) << trained_->err;
  const auto result = run_words({"evaluate", run(), "--metrics", "rmse", "--json", "-"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto summary = Json::parse(slurp(run() + "/summary.json"));
  const double rmse = Json::parse(result.out).at("rmse");
  EXPECT_NEAR(rmse, summary.at("valid").at("rmse").get<double>(), 1e-3 * rmse);
}

TEST_F(TableJourney, AFolderThatIsNotThereIsSaidBeforeAnythingIsPredicted) {
  const auto result = run_words({"predict", run(), table(), "--out", (*folder_ / "nowhere/p.csv").string()});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("nowhere"));
}

}  // namespace
}  // namespace tenfold::cli
