#include "tenfold/report/text_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "tests/report/sample.h"

namespace tenfold::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

size_t columns(const std::string& line) {
  size_t n = 0;
  for (const char c : line) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

TEST(TextPlot, DrawsASlopeDotByDot) {
  // 24 columns less 8 for "4.0000 ┤": 32 dots across, 16 up, so the line rises one dot in two and fills each
  // character's row in turn.
  const auto text = text_plot({0, 1}, {0, 4}, {}, {.width = 24, .height = 4, .x = Scale::linear, .y_range = {0, 4}});
  const auto lines = lines_of(text);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "4.0000 ┤            ⣀⠤⠒⠉");
  EXPECT_EQ(lines[1], "       │        ⣀⠤⠒⠉");
  EXPECT_EQ(lines[2], "2.0000 ┤    ⣀⠤⠒⠉");
  EXPECT_EQ(lines[3], "     0 ┤⣀⠤⠒⠉");
  EXPECT_THAT(lines[5], HasSubstr("0"));
}

TEST(TextPlot, NamesDecadesOnTheLogAxisAndNeverZero) {
  const auto plot = sample_sweep();
  const auto text = text_plot(plot.lr, plot.loss, plot.suggestions, {.width = 72});
  EXPECT_THAT(text, HasSubstr("1e-7"));
  EXPECT_THAT(text, HasSubstr("1e-3"));
  EXPECT_THAT(text, Not(HasSubstr(" 0 ")));
  EXPECT_THAT(text, HasSubstr("a  valley  8.3e-4\n"));
  EXPECT_THAT(text, HasSubstr("d  steep  1.3e-3\n"));
  for (const auto& line : lines_of(text)) EXPECT_LE(columns(line), 72u) << line;
}

TEST(TextPlot, MarksOfTheSamePlaceStandBelowEachOther) {
  const auto lines = lines_of(
      text_plot({1e-4, 1e-2}, {1, 2}, {{"one", 1e-3}, {"two", 1e-3}, {"outside", 5}}, {.width = 40, .height = 3}));
  ASSERT_EQ(lines.size(), 3u + 2 + 2 + 3);
  EXPECT_EQ(lines[5].find('a'), lines[6].find('b'));
  EXPECT_EQ(lines[5].find('c'), std::string::npos);
  EXPECT_THAT(lines[9], HasSubstr("c  outside  5"));
}

TEST(TextPlot, LeavesOutWhatCannotBeDrawn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(text_plot({}, {}), "");
  EXPECT_EQ(text_plot({0, -1, 1}, {1, 2, nan}), "");
  EXPECT_NE(text_plot({1e-3}, {0.5}), "");
  EXPECT_NE(text_plot({1e-3, 1e-2}, {0.5, 1e300}), "");
  EXPECT_THROW(text_plot({1, 2}, {1}), std::invalid_argument);
}

}  // namespace
}  // namespace tenfold::report
