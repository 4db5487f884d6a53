// What needs no tensors, asked of the thin program itself: help, version, usage errors, the way to tenfold-core.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"
#include "tenfold/cli/commands.h"
#include "tenfold/cli/terminal.h"
#include "tenfold/core/version.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::map<std::string, std::string> kNoCore = {{"TENFOLD_CORE", "/nonexistent/tenfold-core"}};

Finished thin(const std::vector<std::string>& words, std::map<std::string, std::string> more = {}) {
  more.insert(kNoCore.begin(), kNoCore.end());
  return run_words(words, {.environment = more});
}

TEST(ThinProgram, KnowsNothingOfLibTorch) {
  const std::string program = slurp(tenfold_program());
  ASSERT_THAT(program, StartsWith("\x7f"
                                  "ELF"));
  EXPECT_EQ(program.find("libtorch"), std::string::npos);
  EXPECT_EQ(program.find("libc10"), std::string::npos);
}

TEST(ThinProgram, ListsEveryCommand) {
  const auto result = thin({"--help"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, IsEmpty());
  for (const auto& command : commands()) EXPECT_THAT(result.out, HasSubstr("  " + command.name + "  ")) << command.name;
}

TEST(ThinProgram, ExplainsEveryOptionOfEveryCommand) {
  for (const auto& command : commands()) {
    std::vector<std::string> words;
    std::istringstream name(command.name);
    for (std::string word; name >> word;) words.push_back(word);
    words.push_back("--help");
    const auto result = thin(words);
    EXPECT_EQ(result.code, 0) << command.name;
    EXPECT_THAT(result.out, HasSubstr(command.summary.substr(0, 20)));
    for (const auto& flag : command.flags)
      EXPECT_THAT(result.out, HasSubstr("--" + flag.names.front())) << command.name;
  }
}

TEST(ThinProgram, ShowsDefaultsAndConsequences) {
  const auto result = thin({"train", "--help"});
  EXPECT_THAT(result.out, HasSubstr("--size, --data.size INTEGER"));
  EXPECT_THAT(result.out, HasSubstr("more shows more and costs its square (default 224)"));
  EXPECT_THAT(result.out, HasSubstr("none|basic|side_on"));
  EXPECT_THAT(result.out, HasSubstr("--no-data.stratify"));
}

TEST(ThinProgram, KeepsToTheWidthThatItIsGiven) {
  const auto result = thin({"predict", "--help"}, {{"COLUMNS", "60"}});
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);)
    if (line.rfind("  ", 0) != 0 || line.rfind("      ", 0) == 0) EXPECT_LE(columns(line), 60) << line;
}

TEST(ThinProgram, UsesNoColourOutsideATerminal) { EXPECT_THAT(thin({"train", "--help"}).out, Not(HasSubstr("\033"))); }

TEST(ThinProgram, SaysItsVersion) { EXPECT_EQ(thin({"--version"}).out, "tenfold " + std::string(version) + "\n"); }

TEST(ThinProgram, HelpCanBeAskedForInThreeWays) {
  const std::string page = thin({"train", "--help"}).out;
  EXPECT_EQ(thin({"train", "-h"}).out, page);
  EXPECT_EQ(thin({"help", "train"}).out, page);
  EXPECT_EQ(thin({"train", "--images", "x", "--help"}).out, page);
  EXPECT_THAT(thin({"runs", "--help"}).out, HasSubstr("tenfold runs compare"));
}

TEST(ThinProgram, NoWordsAtAllIsAUsageError) {
  const auto result = thin({});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("tenfold COMMAND"));
}

TEST(ThinProgram, SuggestsTheNearestCommand) {
  const auto result = thin({"trains"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("tenfold: error: 'trains' is no command; did you mean 'tenfold train'?"));
  EXPECT_THAT(thin({"runs"}).err, HasSubstr("tenfold runs list, tenfold runs compare"));
}

TEST(ThinProgram, SuggestsTheNearestOption) {
  const auto result = thin({"train", "--images", "x", "--epoch", "3"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, HasSubstr("--epoch: no such option of `tenfold train`; did you mean --epochs?"));
  EXPECT_THAT(result.err, HasSubstr("see: tenfold train --help"));
}

TEST(ThinProgram, ChecksValuesBeforeAnythingIsLoaded) {
  const auto code = [](const std::vector<std::string>& words) { return thin(words).code; };
  EXPECT_EQ(code({"train"}), 2);
  EXPECT_EQ(code({"train", "--images", "x", "--lr", "nan"}), 2);
  EXPECT_EQ(code({"train", "--images", "x", "--augment", "sideways"}), 2);
  EXPECT_EQ(code({"train", "--images", "x", "--stage.1.precompute"}), 2);  // with train = all
  EXPECT_EQ(code({"train", "--resume", "x", "--lr", "1"}), 2);
  EXPECT_EQ(code({"evaluate", "/nonexistent"}), 2);
  EXPECT_EQ(code({"completion", "tcsh"}), 2);
  EXPECT_EQ(code({"docs", "everything"}), 2);
}

TEST(ThinProgram, ARecipeThatIsNoTomlIsBadData) {
  const Folder folder;
  spill(folder / "recipe.toml", "[data]\npath = \n");
  const auto result = thin({"train", (folder / "recipe.toml").string()});
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.err, HasSubstr("recipe.toml:2"));
}

TEST(ThinProgram, AnUnknownRecipeKeyIsNamedWithTheNearest) {
  const Folder folder;
  spill(folder / "recipe.toml", "[data]\npath = \"x\"\nsise = 3\n");
  const auto result = thin({"train", (folder / "recipe.toml").string()});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("data.sise"));
  EXPECT_THAT(result.err, HasSubstr("size"));
}

TEST(ThinProgram, DryRunPrintsARecipeThatRunsAsItIs) {
  const Folder folder;
  const auto first = thin({"train", "--images", "x", "--weights", "pretrained", "--tta", "4", "--dry-run"});
  EXPECT_EQ(first.code, 0);
  EXPECT_THAT(first.out, HasSubstr("# stage 1: the head, on features computed once"));
  spill(folder / "recipe.toml", first.out);
  EXPECT_EQ(thin({"train", (folder / "recipe.toml").string(), "--dry-run"}).out, first.out);
}

TEST(ThinProgram, JsonHoldsErrorsToo) {
  const auto result = thin({"train", "--images", "x", "--lr", "nan", "--json", "-"});
  EXPECT_EQ(result.code, 2);
  const auto json = Json::parse(result.out);
  EXPECT_EQ(json.at("code"), 2);
  EXPECT_EQ(json.at("error").at("kind"), "config");
}

TEST(ThinProgram, SaysWhereItLookedForTheCore) {
  const auto result = thin({"doctor"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("/nonexistent/tenfold-core"));
  EXPECT_THAT(result.err, HasSubstr("TENFOLD_CORE"));
}

/// A stand-in for tenfold-core that shows what reaches it.
std::string stand_in(const Folder& folder) {
  const auto path = folder / "tenfold-core";
  spill(path,
        "#!/bin/sh\nfor word in \"$@\"; do echo \"[$word]\"; done\necho \"spin ${GOMP_SPINCOUNT-unset}\"\nexit 42\n");
  fs::permissions(path, fs::perms::owner_all);
  return path.string();
}

TEST(ThinProgram, HandsArgumentsAndExitCodeOverUntouched) {
  const Folder folder;
  const auto result = run_words({"lr-find", "--images", "a b", "--weights=none", "--lr_find.steps", "7"},
                                {.environment = {{"TENFOLD_CORE", stand_in(folder)}}});
  EXPECT_EQ(result.code, 42);
  EXPECT_THAT(result.out, StartsWith("[lr-find]\n[--images]\n[a b]\n[--weights=none]\n[--lr_find.steps]\n[7]\n"));
}

TEST(ThinProgram, SetsTheSpinCountUnlessTheUserDid) {
  const Folder folder;
  const std::string core = stand_in(folder);
  const auto spin = [&](std::map<std::string, std::string> environment) {
    environment["TENFOLD_CORE"] = core;
    return run_words({"doctor"}, {.environment = environment}).out;
  };
  if (std::getenv("GOMP_SPINCOUNT") || std::getenv("OMP_WAIT_POLICY"))
    GTEST_SKIP() << "the environment chooses already";
  EXPECT_THAT(spin({}), Not(HasSubstr("unset")));
  EXPECT_THAT(spin({{"GOMP_SPINCOUNT", "77"}}), HasSubstr("spin 77"));
  EXPECT_THAT(spin({{"OMP_WAIT_POLICY", "active"}}), HasSubstr("spin unset"));
}

}  // namespace
}  // namespace tenfold::cli
