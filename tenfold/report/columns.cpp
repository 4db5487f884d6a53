#include "tenfold/report/columns.h"

#include <algorithm>
#include <cmath>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

constexpr size_t kLevels = 30;  // of a category: more are a list that nobody reads

std::string number_cell(const std::string& content) { return joined({"<td class=\"n\">", content, "</td>"}); }

/// The value with a bar of its share of the longest.
std::string bar_cell(double value, double share) {
  const long percent = std::isfinite(share) ? std::clamp(std::lround(100 * share), 0L, 100L) : 0L;
  return joined({"<td class=\"n share\">", figure(value),
                 "<span class=\"bar\"><span style=\"width:", std::to_string(percent), "%\"></span></span></td>"});
}

std::string table_start(const std::string& label, const std::vector<std::string>& heads) {
  std::string out = joined({"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", escape(label),
                            "\"><table class=\"labels\"><thead><tr>"});
  for (const auto& head : heads)
    out += joined({"<th scope=\"col\"", &head == &heads.front() ? "" : " class=\"n\"", ">", escape(head), "</th>"});
  return out + "</tr></thead><tbody>";
}

constexpr const char* kTableEnd = "</tbody></table></div>\n";

}  // namespace

std::string comparison_table(const Comparison& comparison) {
  if (comparison.rows.empty()) return {};
  std::vector<std::string> heads{"model"};
  heads.insert(heads.end(), comparison.metrics.begin(), comparison.metrics.end());
  std::string out = table_start("Models compared", heads);
  for (const auto& row : comparison.rows) {
    out += joined({"<tr><th scope=\"row\">", escape(row.name), "</th>"});
    for (const double value : row.values) out += number_cell(figure(value));
    out += "</tr>";
  }
  return out + kTableEnd;
}

std::string importance_table(const ImportancePlot& plot) {
  if (plot.rows.empty()) return {};
  auto rows = plot.rows;
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.drop != b.drop ? a.drop > b.drop : a.column < b.column; });
  const double longest = rows.front().drop;
  std::string out = table_start("Importance of the columns", {"column", plot.metric + " lost", "± error"});
  for (const auto& row : rows)
    out += joined({"<tr><th scope=\"row\">", escape(row.column), "</th>",
                   bar_cell(row.drop, longest > 0 ? row.drop / longest : 0), number_cell(figure(row.error)), "</tr>"});
  return out + kTableEnd;
}

Chart dependence_chart(const DependencePlot& plot, size_t number) {
  Chart chart{.id = "dependence " + std::to_string(number),
              .title = plot.output.empty() ? plot.column : plot.output + " by " + plot.column,
              .x_label = plot.column};
  if (plot.x.empty()) return chart;
  chart.curves.push_back({.x = plot.x, .series = {{.name = "mean prediction", .y = plot.mean}}});
  return chart;
}

std::string dependence_table(const DependencePlot& plot) {
  if (plot.level.empty()) return {};
  const size_t shown = std::min(plot.level.size(), kLevels);
  const auto [low, high] = std::minmax_element(plot.mean.begin(), plot.mean.end());
  // Bars begin at 0 where all values are on its one side, so that lengths compare; else at the least.
  const double from = *low >= 0 ? 0 : *low, range = *high - from;
  std::string out = table_start(plot.column, {plot.column, "mean prediction", "rows"});
  for (size_t k = 0; k < shown; ++k)
    out += joined({"<tr><th scope=\"row\">", escape(plot.level[k]), "</th>",
                   bar_cell(plot.mean.at(k), range > 0 ? (plot.mean[k] - from) / range : 0),
                   number_cell(k < plot.items.size() ? std::to_string(plot.items[k]) : "–"), "</tr>"});
  out += kTableEnd;
  if (shown < plot.level.size())
    out += joined(
        {"<p class=\"hint\">", std::to_string(shown), " of ", std::to_string(plot.level.size()), " levels.</p>"});
  return out;
}

Chart calibration_chart(const CalibrationPlot& plot) {
  Chart chart{.id = "calibration",
              .title = "Calibration, expected error " + figure(plot.error),
              .x_label = plot.what.empty() ? "probability" : plot.what};
  if (plot.probability.empty()) return chart;
  chart.curves.push_back({.x = {0, 1}, .series = {{.name = "perfect", .stroke = Stroke::faint, .y = {0, 1}}}});
  chart.curves.push_back(
      {.x = plot.probability,
       .series = {{.name = "observed share", .stroke = Stroke::points, .tone = 1, .y = plot.observed}}});
  chart.y_range = {0, 1.03};
  return chart;
}

Chart time_error_chart(const TimeErrorPlot& plot, size_t number) {
  Chart chart{.id = "errors by time " + std::to_string(number),
              .title = plot.output + ": errors by time",
              .x_label = plot.x_label};
  if (plot.x.empty()) return chart;
  chart.curves.push_back({.x = plot.x,
                          .series = {{.name = "bias", .stroke = Stroke::points, .y = plot.bias},
                                     {.name = "rmse", .stroke = Stroke::points, .tone = 1, .y = plot.rmse}}});
  return chart;
}

std::string leak_table(const std::vector<LeakRow>& rows) {
  if (rows.empty()) return {};
  std::string out =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Leaks\"><table class=\"labels\"><thead><tr>";
  for (const char* head : {"column", "finding", "evidence", "what to do"})
    out += joined({"<th scope=\"col\">", head, "</th>"});
  out += "</tr></thead><tbody>";
  for (const auto& row : rows)
    out += joined({"<tr><th scope=\"row\">", escape(row.column), "</th><td>", escape(row.finding), "</td><td>",
                   escape(row.evidence), "</td><td>", escape(row.advice), "</td></tr>"});
  return out + kTableEnd;
}

}  // namespace tenfold::report
