#include "tenfold/report/outputs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

constexpr size_t kPoints = 2000;
constexpr size_t kRinged = 12;
constexpr double kMostBins = 60;

std::vector<double> residuals(const OutputPlot& plot) {
  std::vector<double> out;
  for (size_t k = 0; k < plot.actual.size(); ++k) out.push_back(plot.predicted.at(k) - plot.actual[k]);
  return out;
}

/// Freedman & Diaconis 1981: bins as wide as the middle half of the values, doubled, over the cube root of their
/// number.
size_t bins(const std::vector<double>& sorted) {
  const double quarter = sorted[sorted.size() / 4], three = sorted[sorted.size() * 3 / 4];
  const double width = 2 * (three - quarter) / std::cbrt(static_cast<double>(sorted.size()));
  const double range = sorted.back() - sorted.front();
  return static_cast<size_t>(width > 0 ? std::clamp(std::ceil(range / width), 1.0, kMostBins) : 10);
}

}  // namespace

Histogram histogram(const std::vector<double>& values) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted), [](double v) { return std::isfinite(v); });
  if (sorted.empty()) return {};
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted.front(), range = sorted.back() - low;
  const size_t count = range > 0 ? bins(sorted) : 1;
  const double width = range > 0 ? range / static_cast<double>(count) : std::max(std::abs(low) * 0.1, 1e-9);
  const double first = range > 0 ? low : low - width / 2;
  Histogram out;
  for (size_t k = 0; k < count + 2; ++k) out.middle.push_back(first + (static_cast<double>(k) - 0.5) * width);
  out.count.assign(count + 2, 0);
  for (const double value : sorted)
    ++out.count[1 + std::min(count - 1, static_cast<size_t>(std::max(0.0, (value - first) / width)))];
  return out;
}

Scatter output_scatter(const OutputPlot& plot, size_t number) {
  Scatter scatter{.id = "output " + std::to_string(number),
                  .title = plot.name,
                  .x_label = "actual",
                  .y_label = "predicted",
                  .groups = {plot.name},
                  .diagonal = true,
                  .ring_name = "furthest off"};
  const auto error = residuals(plot);
  std::vector<size_t> worst;
  for (size_t k = 0; k < error.size(); ++k)
    if (std::isfinite(error[k])) worst.push_back(k);
  std::vector<size_t> shown = worst;
  std::sort(worst.begin(), worst.end(), [&](size_t a, size_t b) {
    return std::make_pair(-std::abs(error[a]), a) < std::make_pair(-std::abs(error[b]), b);
  });
  worst.resize(std::min(worst.size(), kRinged));
  if (shown.size() > kPoints) {
    std::vector<size_t> part = worst;
    for (size_t k = 0; k < kPoints; ++k) part.push_back(shown[k * shown.size() / kPoints]);
    std::sort(part.begin(), part.end());
    part.erase(std::unique(part.begin(), part.end()), part.end());
    shown = std::move(part);
  }
  for (const size_t k : shown) {
    scatter.x.push_back(plot.actual[k]);
    scatter.y.push_back(plot.predicted[k]);
    scatter.group.push_back(0);
    scatter.name.push_back(k < plot.item.size() ? plot.item[k] : std::to_string(k));
    scatter.note.push_back("actual " + figure(plot.actual[k]) + ", predicted " + figure(plot.predicted[k]));
  }
  for (const size_t k : worst)
    scatter.ringed.push_back(static_cast<size_t>(std::lower_bound(shown.begin(), shown.end(), k) - shown.begin()));
  return scatter;
}

Chart residual_chart(const OutputPlot& plot, size_t number) {
  const auto bars = histogram(residuals(plot));
  Chart chart{.id = "residual " + std::to_string(number),
              .title = plot.name + ": predicted − actual",
              .x_label = "predicted − actual"};
  if (bars.middle.empty()) return chart;
  chart.curves.push_back(
      {.x = bars.middle,
       .series = {
           {.name = "items", .stroke = Stroke::bars, .y = std::vector<double>(bars.count.begin(), bars.count.end())}}});
  chart.y_range = {0, 1.06 * static_cast<double>(*std::max_element(bars.count.begin(), bars.count.end()))};
  return chart;
}

std::string output_table(const std::vector<OutputPlot>& plots) {
  if (plots.empty() || plots.front().figures.empty()) return {};
  std::string out =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Outputs\"><table><thead><tr><th "
      "scope=\"col\">output</th>";
  for (const auto& [name, value] : plots.front().figures)
    out += joined({"<th scope=\"col\" class=\"n\">", escape(name), "</th>"});
  out += "</tr></thead><tbody>";
  for (const auto& plot : plots) {
    out += joined({"<tr><th scope=\"row\">", escape(plot.name), "</th>"});
    for (const auto& [name, value] : plot.figures) out += joined({"<td class=\"n\">", figure(value), "</td>"});
    out += "</tr>";
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace tenfold::report
