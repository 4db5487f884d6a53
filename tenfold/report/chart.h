#pragma once
// A line chart as data: what assets/chart.js draws, as JSON, and the figure element that holds it.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"

namespace tenfold::report {

enum class Stroke {
  line,
  faint,
  points,
  bars
};  ///< faint: thin, behind, its outliers do not set the scale; points: marked, joined; bars: from 0, around x
constexpr auto names(Stroke) {
  return std::to_array<std::pair<Stroke, std::string_view>>(
      {{Stroke::line, "line"}, {Stroke::faint, "faint"}, {Stroke::points, "points"}, {Stroke::bars, "bars"}});
}

enum class Scale { linear, log };
constexpr auto names(Scale) {
  return std::to_array<std::pair<Scale, std::string_view>>({{Scale::linear, "linear"}, {Scale::log, "log"}});
}

struct Series {
  std::string name;
  Stroke stroke = Stroke::line;
  int tone = 0;           ///< colour and dash pattern, from 0
  std::vector<double> y;  ///< no number leaves a gap
};

/// Series over the same x, ascending.
struct Curves {
  std::vector<double> x;
  std::vector<Series> series;
};

/// A named point, marked by a shape and a line.
struct Mark {
  std::string name;
  double x = 0, y = 0;
};

struct Chart {
  std::string id, title;
  std::string x_label;
  Scale x = Scale::linear, y = Scale::linear;
  bool scale_choice = false;  ///< the reader may switch y between linear and log
  bool by_step = false;       ///< x is the step: stages are shown, cursors move together
  std::vector<Curves> curves;
  std::optional<std::pair<double, double>> y_range, band;  ///< band: shaded range of x
  std::string band_name;
  std::vector<Mark> marks;
};

Json to_json(const Chart& chart);

/// The figure, empty until the script draws into it; its label says in words where each series starts, ends and is
/// lowest.
std::string figure_of(const Chart& chart);

}  // namespace tenfold::report
