#pragma once
// A curve drawn with Unicode braille, for terminals.

#include <string>
#include <utility>
#include <vector>

#include "tenfold/report/chart.h"

namespace tenfold::report {

struct TextPlotOptions {
  int width = 72;   ///< columns in all, at least 24
  int height = 12;  ///< lines of the curve, at least 3; axis, marks and their names come below
  Scale x = Scale::log;
  std::pair<double, double> y_range{0, 0};  ///< equal: the curve's own, as sweep_window() sees it
};

/// Lines, each ended by a newline and at most `width` columns wide. Marks (name, x) get a letter under the axis and a
/// line in the legend. Points without a number, and x <= 0 on a log axis, are left out; "" where none remains. Throws
/// std::invalid_argument where x and y differ in length.
std::string text_plot(const std::vector<double>& x, const std::vector<double>& y,
                      const std::vector<std::pair<std::string, double>>& marks = {},
                      const TextPlotOptions& options = {});

}  // namespace tenfold::report
