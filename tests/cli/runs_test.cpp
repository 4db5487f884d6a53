#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"
#include "tenfold/cli/commands/run_folder.h"
#include "tenfold/run/recipe.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

void make_run(const fs::path& folder, int64_t size, const std::string& summary) {
  Recipe recipe;
  recipe.data.path = "photos";
  recipe.data.size = size;
  spill(folder / "recipe.toml", to_toml(complete(recipe)));
  if (!summary.empty()) spill(folder / "summary.json", summary);
}

void make_three(const Folder& folder) {
  make_run(folder / "runs/a", 128,
           R"({"network":"resnet18","epochs":3,"seconds":41.5,"valid":{"loss":0.25,"accuracy":0.91}})");
  make_run(
      folder / "runs/b", 224,
      R"({"network":"resnet34","epochs":3,"seconds":90,"valid":{"loss":0.2,"accuracy":0.93},"test":{"loss":0.19,"accuracy":0.94}})");
  make_run(folder / "runs/c", 224, "");
  fs::create_directories(folder / "runs/no-run");
}

TEST(Runs, ListsThemWithTheirState) {
  const Folder folder;
  make_three(folder);
  const auto result = run_words({"runs", "list"}, {.folder = folder.path()});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("a    done       resnet18  3       41.5     valid accuracy 0.91, loss 0.25"));
  EXPECT_THAT(result.out,
              HasSubstr("test accuracy 0.94, loss 0.19"));  // the test set says more than the validation set
  EXPECT_THAT(result.out, HasSubstr("c    not begun"));
  EXPECT_THAT(result.out, Not(HasSubstr("no-run")));
}

TEST(Runs, ListIsJsonWhereAskedFor) {
  const Folder folder;
  make_three(folder);
  const auto result = run_words({"runs", "list", (folder / "runs").string(), "--json", "-"});
  const auto json = Json::parse(result.out);
  ASSERT_EQ(json.at("runs").size(), 3u);
  EXPECT_EQ(json["runs"][1]["summary"]["test"]["accuracy"], 0.94);
  EXPECT_EQ(run_words({"runs", "list", (folder / "runs").string(), "--json", (folder / "out.json").string()}).code, 0);
  EXPECT_EQ(Json::parse(slurp(folder / "out.json")), json);
}

TEST(Runs, CompareShowsWhatDiffersAndNothingElse) {
  const Folder folder;
  make_three(folder);
  const auto result = run_words({"runs", "compare", "runs/a", "runs/b"}, {.folder = folder.path()});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("data.size"));
  EXPECT_THAT(result.out, Not(HasSubstr("data.path")));
  EXPECT_THAT(result.out, HasSubstr("valid.accuracy"));
  const auto json = Json::parse(run_words({"runs", "compare", "--json", "-"}, {.folder = folder.path()}).out);
  EXPECT_EQ(json["differences"], Json::parse(R"([{"key":"data.size","values":[128,224,224]}])"));
}

TEST(Runs, OneBrokenRunHidesNoOther) {
  const Folder folder;
  make_three(folder);
  spill(folder / "runs/b/summary.json", "{\"network\":");
  const auto result = run_words({"runs", "list"}, {.folder = folder.path()});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("broken: "));
  EXPECT_THAT(result.out, HasSubstr("valid accuracy 0.91"));
}

TEST(Runs, SaysWhatIsMissing) {
  const Folder folder;
  const auto none = run_words({"runs", "list"}, {.folder = folder.path()});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("'runs' is no folder"));
  make_run(folder / "runs/a", 128, "");
  EXPECT_EQ(run_words({"runs", "compare"}, {.folder = folder.path()}).code, 2);
}

TEST(Leaves, CountTablesFromOne) {
  const auto found = leaves(Json::parse(R"({"a":1,"b":{"c":[1,2]},"s":[{"x":1},{"x":2}]})"));
  const std::vector<std::pair<std::string, Json>> expected = {
      {"a", 1}, {"b.c", Json::parse("[1,2]")}, {"s.1.x", 1}, {"s.2.x", 2}};
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace tenfold::cli
