#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tenfold/cli/command.h"

namespace tenfold::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Own {
  std::string out;
  bool dry_run = false;
  bool shuffle = true;
  int top_k = 5;
};
template <class Visitor>
void fields(Visitor&& visit, Own& o) {
  visit("out", o.out, "where to");
  visit("dry_run", o.dry_run, "only look");
  visit("shuffle", o.shuffle, "mix");
  visit("top_k", o.top_k, "how many");
}

Command example() {
  return {.name = "example",
          .summary = "",
          .help = "",
          .positionals = {{.name = "MODEL", .help = "a model"},
                          {.name = "PATH", .help = "files", .count = Positional::Count::many}},
          .flags = flags_of(describe(Own{}))};
}

Own read(const std::vector<std::string>& words) {
  auto all = words;
  all.insert(all.end(), {"model", "path"});
  return own_options<Own>(parse(example(), all));
}

std::string complaint(const std::vector<std::string>& words) {
  try {
    parse(example(), words);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Parse, TakesValuesBehindASpaceOrAnEqualsSign) {
  EXPECT_EQ(read({"--out", "a b"}).out, "a b");
  EXPECT_EQ(read({"--out=a=b"}).out, "a=b");
  EXPECT_EQ(read({"--out="}).out, "");
  EXPECT_EQ(read({"--top-k", "-3"}).top_k, -3);
}

TEST(Parse, DashesAndUnderscoresAreOneName) {
  EXPECT_EQ(read({"--top-k", "7"}).top_k, 7);
  EXPECT_EQ(read({"--top_k", "7"}).top_k, 7);
}

TEST(Parse, YesNoOptionsTakeNoWordBehind) {
  EXPECT_TRUE(read({"--dry-run"}).dry_run);
  EXPECT_FALSE(read({"--no-shuffle"}).shuffle);
  EXPECT_FALSE(read({"--shuffle=no"}).shuffle);
  EXPECT_TRUE(read({"--no-shuffle", "--shuffle"}).shuffle);  // the last one wins
}

TEST(Parse, TwoDashesEndTheNames) {
  EXPECT_THAT(parse(example(), {"m", "--", "--out", "-x"}).positionals, ElementsAre("m", "--out", "-x"));
  EXPECT_THAT(parse(example(), {"m", "-"}).positionals, ElementsAre("m", "-"));
}

TEST(Parse, WordsMayStandBetweenOptions) {
  const auto arguments = parse(example(), {"m", "--out", "o", "p", "--dry-run", "q"});
  EXPECT_THAT(arguments.positionals, ElementsAre("m", "p", "q"));
  EXPECT_EQ(arguments.text("out"), "o");
  EXPECT_EQ(arguments.text("top_k"), std::nullopt);
}

TEST(Parse, SaysWhatIsMissingOrTooMuch) {
  EXPECT_THAT(complaint({}), HasSubstr("MODEL is missing: a model"));
  EXPECT_THAT(complaint({"m"}), HasSubstr("PATH is missing: files"));
  EXPECT_THAT(complaint({"m", "p", "--out"}), HasSubstr("--out needs a value"));
  EXPECT_THAT(complaint({"m", "p", "--out", "--dry-run"}), HasSubstr("--out needs a value"));
  EXPECT_THAT(complaint({"-x"}), HasSubstr("two dashes"));
}

TEST(Parse, NamesTheNearestOption) {
  EXPECT_THAT(complaint({"--topk", "3"}), HasSubstr("did you mean --top-k?"));
  EXPECT_THAT(complaint({"--dry-rum"}), HasSubstr("did you mean --dry-run?"));
  EXPECT_THAT(complaint({"--no-out"}), HasSubstr("--no-out: no such option of `tenfold example`"));
}

TEST(Parse, TellsWhoWritesYesBehindASwitch) {
  Command command = example();
  command.positionals.clear();
  try {
    parse(command, {"--dry-run", "yes"});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("--name=yes"));
  }
}

TEST(Usage, ShowsHowManyWordsACommandTakes) {
  Command command = example();
  EXPECT_EQ(usage(command), "tenfold example MODEL PATH… [options]");
  command.positionals[1].count = Positional::Count::any;
  command.positionals[0].count = Positional::Count::optional;
  EXPECT_EQ(usage(command), "tenfold example [MODEL] [PATH…] [options]");
}

}  // namespace
}  // namespace tenfold::cli
