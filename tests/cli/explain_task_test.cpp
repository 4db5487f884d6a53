#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"
#include "tenfold/core/options.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const In kNoCore = {.environment = {{"TENFOLD_CORE", "/nonexistent/tenfold-core"}}};

TEST(ExplainTask, SaysWithoutDataWhatATaskGets) {
  const auto one = run_words({"explain-task", "--task", "multi_label"}, kNoCore);
  EXPECT_EQ(one.code, 0);
  EXPECT_THAT(one.out, HasSubstr("activation: a sigmoid for each label"));
  EXPECT_THAT(one.out, HasSubstr("not softmax with cross-entropy: labels would share one probability"));
  EXPECT_THAT(one.out, Not(HasSubstr("softmax over classes")));
  const auto all = run_words({"explain-task", "--json", "-"}, kNoCore);
  EXPECT_EQ(Json::parse(all.out).at("tasks").size(), 5u);
  const auto wrong = run_words({"explain-task", "--task", "softmax"}, kNoCore);
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("single_label has softmax over classes with cross-entropy"));
}

TEST(ExplainTask, LooksAtTheLabels) {
  const Folder folder;
  for (const char* name : {"a", "b", "c", "d"}) spill(folder / (std::string(name) + ".bmp"), bmp(16, 0, 1));
  spill(folder / "labels.csv", "file,labels\na.bmp,sky sea\nb.bmp,sea\nc.bmp,sky road sea\nd.bmp,\n");
  const std::string table = (folder / "labels.csv").string();
  const auto found = run_words({"explain-task", table});
  EXPECT_EQ(found.code, 0) << found.err;
  EXPECT_THAT(found.out, HasSubstr("4 labelled images: each has any of 3 labels, up to 3 at once"));
  EXPECT_THAT(found.out, HasSubstr("multi_label task"));
  EXPECT_THAT(found.out, Not(HasSubstr("--task")));
  const auto asked = Json::parse(run_words({"explain-task", table, "--task", "single_label", "--json", "-"}).out);
  EXPECT_EQ(asked.at("task"), "multi_label");
  EXPECT_THAT(asked.at("verdict").get<std::string>(), HasSubstr("softmax makes them share one probability"));
}

}  // namespace
}  // namespace tenfold::cli
