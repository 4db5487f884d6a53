#pragma once
// What the program writes to: how wide it is, whether a person watches. And text set to that width.

#include <string>
#include <string_view>
#include <vector>

namespace tenfold::cli {

struct Terminal {
  int width = 100;      ///< columns
  bool live = false;    ///< a terminal: lines may be redrawn
  bool colour = false;  ///< never where NO_COLOR is set
};

/// Of an open descriptor; COLUMNS overrides its width, files and pipes count as 100 columns.
Terminal terminal(int descriptor);

std::string bold(const std::string& text, const Terminal& terminal);
std::string red(const std::string& text, const Terminal& terminal);

/// Columns that UTF-8 text takes, one a code point.
int columns(std::string_view text);

/// Paragraphs filled to `width`, each line after `indent` spaces. Lines that begin with two spaces (examples) stay.
std::string wrap(std::string_view text, int width, int indent = 0);

/// Rows in aligned columns, two spaces between; the first row is the heading.
std::string table(const std::vector<std::vector<std::string>>& rows, const Terminal& terminal);

/// "0:07", "12:31", "2:05:09".
std::string duration(double seconds);

/// Up to `digits` significant ones, "0.9412".
std::string number(double value, int digits = 4);

}  // namespace tenfold::cli
