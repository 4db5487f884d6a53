#include "tenfold/cli/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tenfold/cli/progress.h"

namespace tenfold::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Wrap, FillsParagraphsAndLeavesExamplesAlone) {
  EXPECT_EQ(wrap("one two three\nfour\n\n  an   example that is longer than the line\n\nfive", 11, 1),
            " one two\n three four\n\n   an   example that is longer than the line\n\n five\n");
}

TEST(Wrap, CountsCodePointsNotBytes) { EXPECT_EQ(wrap("ää öö", 5), "ää öö\n"); }

TEST(Wrap, KeepsAWordThatIsTooLong) { EXPECT_EQ(wrap("a abcdefghij b", 5), "a\nabcdefghij\nb\n"); }

TEST(Table, AlignsColumns) {
  EXPECT_EQ(table({{"run", "state"}, {"a-long-one", "done"}, {"b"}}, {}), "run         state\na-long-one  done\nb\n");
}

TEST(Duration, ReadsLikeAClock) {
  EXPECT_EQ(duration(7.4), "0:07");
  EXPECT_EQ(duration(751), "12:31");
  EXPECT_EQ(duration(7509), "2:05:09");
}

struct Clock {
  double now = 0;
};

TEST(Progress, GivesRateAndTimeLeftOnATerminal) {
  std::ostringstream out;
  Clock clock;
  {
    Progress progress(out, {.width = 100, .live = true}, [&] { return clock.now; });
    progress.update("steps", 0, 100);
    clock.now = 5;
    progress.update("steps", 25, 100, "loss 0.5");
    EXPECT_THAT(out.str(), HasSubstr("25/100  5/s  0:15 left  loss 0.5"));
    EXPECT_THAT(out.str(), HasSubstr("[======                  ]"));
    progress.say("epoch 1");
    EXPECT_THAT(out.str(), HasSubstr("\r\033[Kepoch 1\n"));
  }
}

TEST(Progress, CountsTheRateFromWhereAResumedRunBegan) {
  std::ostringstream out;
  Clock clock;
  Progress progress(out, {.width = 100, .live = true}, [&] { return clock.now; });
  progress.update("steps", 50, 100);
  clock.now = 10;
  progress.update("steps", 60, 100);
  EXPECT_THAT(out.str(), HasSubstr("60/100  1/s  0:40 left"));
}

TEST(Progress, WritesAPlainLineNowAndThenElsewhere) {
  std::ostringstream out;
  Clock clock;
  Progress progress(out, {}, [&] { return clock.now; });
  for (int k = 0; k <= 100; ++k) {
    clock.now = 0.25 * k;
    progress.update("steps", k, 100);
  }
  EXPECT_EQ(out.str(), "steps  40/100  4/s  0:15 left\nsteps  80/100  4/s  0:05 left\n");
  EXPECT_THAT(out.str(), Not(HasSubstr("\r")));
}

TEST(Progress, NeverExceedsTheWidth) {
  std::ostringstream out;
  Progress progress(out, {.width = 40, .live = true}, [] { return 0.0; });
  progress.update("a very long name of what is being done here", 1, 100, "and more behind it");
  EXPECT_LE(columns(out.str()), 40 + 4);  // and the four characters that clear the line
}

}  // namespace
}  // namespace tenfold::cli
