#include "tenfold/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program.h"
#include "tenfold/cli/commands.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string example_of(std::string name) {
  const size_t at = name.find(".N.");
  return at == std::string::npos ? name : name.replace(at, 3, ".1.");
}

TEST(Completion, ContainsEveryCommandAndEveryFlag) {
  for (const auto& shell : completion_shells()) {
    const std::string script = completion(shell, commands());
    for (const auto& command : commands()) {
      EXPECT_THAT(script, HasSubstr(command.name)) << shell;
      for (const auto& flag : command.flags)
        for (const auto& name : flag.names)
          EXPECT_THAT(script, HasSubstr((shell == "fish" ? "-l " : "--") + example_of(name)))
              << shell << " " << command.name;
    }
  }
}

TEST(Completion, RefusesAnotherShell) { EXPECT_THROW(completion("tcsh", commands()), ConfigError); }

/// What bash offers for the words, the last one being under the cursor.
std::string offered(const std::vector<std::string>& words) {
  const Folder folder;
  spill(folder / "script", completion("bash", commands()));
  std::string driver = "set -u\nsource '" + (folder / "script").string() + "'\nCOMP_WORDS=(";
  for (const auto& word : words) driver += "'" + word + "' ";
  driver +=
      ")\nCOMP_CWORD=" + std::to_string(words.size() - 1) + "\nCOMPREPLY=()\n_tenfold\necho \" ${COMPREPLY[*]-} \"\n";
  const auto result = Started("bash", {"-c", driver}, folder.path(), {}, "").wait();
  EXPECT_EQ(result.code, 0) << result.err;
  return result.out;
}

TEST(Completion, BashOffersCommandsOptionsChoicesAndFiles) {
  if (run_words({"completion", "bash"}).code != 0 || Started("bash", {"-c", "true"}, {}, {}, "").wait().code != 0)
    GTEST_SKIP() << "no bash here";
  EXPECT_THAT(offered({"tenfold", "tr"}), HasSubstr(" train "));
  EXPECT_THAT(offered({"tenfold", "runs", "c"}), HasSubstr(" compare "));
  EXPECT_THAT(offered({"tenfold", "train", "--data.au"}), HasSubstr(" --data.augment "));
  EXPECT_THAT(offered({"tenfold", "train", "--augment", "si"}), HasSubstr(" side_on "));
  EXPECT_THAT(offered({"tenfold", "train", "--stage.2.l"}), HasSubstr(" --stage.2.lr "));
  EXPECT_THAT(offered({"tenfold", "completion", "f"}), HasSubstr(" fish "));
  EXPECT_THAT(offered({"tenfold", "predict", "sc"}), HasSubstr(" script "));  // a file that is there
  EXPECT_THAT(offered({"tenfold", "predict", "--"}), Not(HasSubstr("--augment")));
  EXPECT_THAT(offered({"tenfold", "models", "verify", "--j"}), HasSubstr(" --json "));
}

/// What fish offers for a line.
std::string fish_offers(const std::string& line) {
  const Folder folder;
  spill(folder / "script", completion("fish", commands()));
  const auto result =
      Started("fish", {"--no-config", "-c", "source script; complete -C'" + line + "'"}, folder.path(), {}, "").wait();
  EXPECT_EQ(result.code, 0) << line;
  EXPECT_EQ(result.err, "") << line;
  return "\n" + result.out;
}

TEST(Completion, FishOffersCommandsOptionsChoicesAndFiles) {
  if (Started("fish", {"-c", "true"}, {}, {}, "").wait().code != 0) GTEST_SKIP() << "no fish here";
  EXPECT_THAT(fish_offers("tenfold tr"), HasSubstr("\ntrain\t"));
  EXPECT_THAT(fish_offers("tenfold runs c"), HasSubstr("\ncompare\t"));
  EXPECT_THAT(fish_offers("tenfold train --data.au"), HasSubstr("\n--data.augment\t"));
  EXPECT_THAT(fish_offers("tenfold train --augment si"), HasSubstr("\nside_on\t"));
  EXPECT_THAT(fish_offers("tenfold completion f"), HasSubstr("\nfish"));
  EXPECT_THAT(fish_offers("tenfold models verify --j"), HasSubstr("\n--json\t"));
  EXPECT_THAT(fish_offers("tenfold predict --"), Not(HasSubstr("--augment")));
}

TEST(Completion, ZshReadsItsScript) {
  if (Started("zsh", {"-c", "true"}, {}, {}, "").wait().code != 0) GTEST_SKIP() << "no zsh here";
  const Folder folder;
  spill(folder / "script", completion("zsh", commands()));
  const auto result = Started("zsh", {"-f", "-n", (folder / "script").string()}, {}, {}, "").wait();
  EXPECT_EQ(result.code, 0) << result.err;
}

}  // namespace
}  // namespace tenfold::cli
