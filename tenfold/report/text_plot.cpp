#include "tenfold/report/text_plot.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tenfold/report/markup.h"
#include "tenfold/report/series.h"

namespace tenfold::report {
namespace {

/// Dots, 2 × 4 a character, from the top left.
class Canvas {
 public:
  Canvas(int columns, int lines) : columns_(columns), lines_(lines), cells_(static_cast<size_t>(columns * lines)) {}
  int width() const { return columns_ * 2; }
  int height() const { return lines_ * 4; }

  void dot(int x, int y) {
    if (x < 0 || y < 0 || x >= width() || y >= height()) return;
    // Unicode 15, block 2800: bits 0-2 and 6 are the left column downwards, 3-5 and 7 the right one.
    constexpr int bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    cells_[static_cast<size_t>(y / 4 * columns_ + x / 2)] |= bits[y % 4][x % 2];
  }

  void line(double x0, double y0, double x1, double y1) {
    const int dots = static_cast<int>(std::ceil(std::max(std::abs(x1 - x0), std::abs(y1 - y0))));
    for (int k = 0; k <= dots; ++k) {
      const double share = dots > 0 ? static_cast<double>(k) / dots : 0;
      dot(static_cast<int>(std::lround(x0 + share * (x1 - x0))), static_cast<int>(std::lround(y0 + share * (y1 - y0))));
    }
  }

  std::string text(int line) const {
    std::string out;
    for (int column = 0; column < columns_; ++column) {
      const int code = cells_[static_cast<size_t>(line * columns_ + column)];
      if (code == 0) {
        out += ' ';
        continue;
      }
      out += static_cast<char>(0xE2);
      out += static_cast<char>(0xA0 | code >> 6);
      out += static_cast<char>(0x80 | (code & 0x3F));
    }
    return out;
  }

 private:
  int columns_, lines_;
  std::vector<int> cells_;
};

/// A linear map of values, or their logarithms, onto dots.
struct Axis {
  Scale scale;
  double low, high;  ///< scaled
  int dots;
  double scaled(double value) const { return scale == Scale::log ? std::log10(value) : value; }
  double dot(double value) const {
    return high > low ? (scaled(value) - low) / (high - low) * (dots - 1) : (dots - 1) / 2.0;
  }
};

/// Values with room for their names: powers of ten on a log axis, five even steps on a linear one.
std::vector<double> ticks(const Axis& axis) {
  std::vector<double> out;
  const double first = std::ceil(axis.low - 1e-9), last = std::floor(axis.high + 1e-9);
  if (axis.scale == Scale::log && last > first) {
    const double every = std::max(1.0, std::ceil((last - first) * 8 / (axis.dots / 2.0)));
    for (double power = first; power <= last; power += every) out.push_back(std::pow(10, power));
    return out;
  }
  const int steps = axis.high > axis.low ? std::clamp(axis.dots / 2 / 12, 1, 4) : 0;
  for (int k = 0; k <= steps; ++k) {
    const double value = steps > 0 ? axis.low + (axis.high - axis.low) * k / steps : axis.low;
    out.push_back(axis.scale == Scale::log ? std::pow(10, value) : value);
  }
  return out;
}

void put(std::string& line, int column, const std::string& text) {
  const int last = std::max(0, static_cast<int>(line.size()) - static_cast<int>(text.size()));
  line.replace(static_cast<size_t>(std::clamp(column, 0, last)), text.size(), text);
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// The axis with its ticks, and their values below.
std::string x_axis(const Axis& axis, int margin) {
  const int columns = axis.dots / 2;
  std::vector<bool> ticked(static_cast<size_t>(columns));
  std::string values(static_cast<size_t>(margin + columns), ' ');
  for (const double value : ticks(axis)) {
    const int column = std::clamp(static_cast<int>(axis.dot(value) / 2), 0, columns - 1);
    const std::string name = rate(value);
    ticked[static_cast<size_t>(column)] = true;
    put(values, margin + column - static_cast<int>(name.size()) / 2, name);
  }
  std::string line(static_cast<size_t>(margin - 1), ' ');
  line += "└";
  for (const bool tick : ticked) line += tick ? "┬" : "─";
  return line + "\n" + trimmed(values);
}

/// Letters under the axis, in as many lines as they need not to cover each other, and what they stand for.
std::string letters(const std::vector<std::pair<std::string, double>>& marks, const Axis& axis, int margin) {
  std::vector<std::string> lines;
  std::string legend;
  char letter = 'a';
  for (const auto& [name, value] : marks) {
    if (letter > 'z' || !std::isfinite(value) || (axis.scale == Scale::log && value <= 0)) continue;
    const double dot = axis.dot(value);
    legend += std::string(static_cast<size_t>(margin), ' ') + letter + "  " + name + "  " + rate(value) + "\n";
    if (dot > -1 && dot < axis.dots) {
      const auto column = static_cast<size_t>(margin + std::clamp(static_cast<int>(dot / 2), 0, axis.dots / 2 - 1));
      auto line =
          std::find_if(lines.begin(), lines.end(), [&](const std::string& text) { return text[column] == ' '; });
      if (line == lines.end()) line = lines.insert(line, std::string(static_cast<size_t>(margin + axis.dots / 2), ' '));
      (*line)[column] = letter;
    }
    ++letter;
  }
  std::string out;
  for (const auto& line : lines) out += trimmed(line);
  return out + legend;
}

}  // namespace

std::string text_plot(const std::vector<double>& x, const std::vector<double>& y,
                      const std::vector<std::pair<std::string, double>>& marks, const TextPlotOptions& options) {
  if (x.size() != y.size())
    throw std::invalid_argument("text_plot: " + std::to_string(x.size()) + " x for " + std::to_string(y.size()) +
                                " y; give one x for each y");
  std::vector<std::pair<double, double>> points;
  std::vector<double> heights;
  for (size_t k = 0; k < x.size(); ++k) {
    if (!std::isfinite(x[k]) || !std::isfinite(y[k]) || (options.x == Scale::log && x[k] <= 0)) continue;
    points.emplace_back(x[k], y[k]);
    heights.push_back(y[k]);
  }
  if (points.empty()) return {};
  const auto range = options.y_range.first < options.y_range.second ? options.y_range : sweep_window(heights);
  const int lines = std::max(3, options.height);
  const std::vector<std::string> names{figure(range.second), figure((range.first + range.second) / 2),
                                       figure(range.first)};
  size_t widest = 0;
  for (const auto& name : names) widest = std::max(widest, name.size());
  const int margin = static_cast<int>(widest) + 2;

  Canvas canvas(std::max(24, options.width) - margin, lines);
  const auto [left, right] = std::minmax_element(points.begin(), points.end());
  Axis across{options.x, 0, 0, canvas.width()};
  across.low = across.scaled(left->first);
  across.high = across.scaled(right->first);
  const Axis up{Scale::linear, range.first, range.second, canvas.height()};
  const auto row = [&](double value) { return up.dots - 1 - std::clamp(up.dot(value), -2.0, up.dots + 1.0); };
  for (size_t k = 0; k < points.size(); ++k) {
    const auto& from = points[k > 0 ? k - 1 : 0];
    canvas.line(across.dot(from.first), row(from.second), across.dot(points[k].first), row(points[k].second));
  }

  std::string out;
  for (int line = 0; line < lines; ++line) {
    const std::string name = line == 0 ? names[0] : line == lines / 2 ? names[1] : line == lines - 1 ? names[2] : "";
    out += std::string(widest - name.size(), ' ') + name + (name.empty() ? " │" : " ┤");
    std::string dots = canvas.text(line);
    out += trimmed(std::move(dots));
  }
  return out + x_axis(across, margin) + letters(marks, across, margin);
}

}  // namespace tenfold::report
