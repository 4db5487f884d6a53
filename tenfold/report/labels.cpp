#include "tenfold/report/labels.h"

#include <algorithm>
#include <cmath>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

std::string count_cell(int64_t count) { return joined({"<td class=\"n\">", std::to_string(count), "</td>"}); }

/// The share with a bar as long as it.
std::string share_cell(double share) {
  if (!std::isfinite(share)) return "<td class=\"n\">–</td>";
  const long percent = std::clamp(std::lround(100 * share), 0L, 100L);
  return joined({"<td class=\"n share\">", figure(share),
                 "<span class=\"bar\"><span style=\"width:", std::to_string(percent), "%\"></span></span></td>"});
}

}  // namespace

std::string label_table(const std::vector<LabelRow>& rows) {
  if (rows.empty()) return {};
  std::vector<std::pair<double, size_t>> order;
  for (size_t k = 0; k < rows.size(); ++k) order.emplace_back(std::isfinite(rows[k].f1) ? rows[k].f1 : INFINITY, k);
  std::sort(order.begin(), order.end());
  std::string out =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Labels\"><table class=\"labels\"><thead><tr>"
      "<th scope=\"col\">label</th>";
  for (const char* head : {"items", "given", "right", "precision", "recall", "F1", "F2"})
    out += joined({"<th scope=\"col\" class=\"n\">", head, "</th>"});
  out += "</tr></thead><tbody>";
  for (const auto& [f1, k] : order) {
    const LabelRow& row = rows[k];
    out += joined({"<tr><th scope=\"row\">", escape(row.name), "</th>", count_cell(row.items), count_cell(row.given),
                   count_cell(row.right)});
    for (const double share : {row.precision, row.recall, row.f1, row.f2}) out += share_cell(share);
    out += "</tr>";
  }
  return out + "</tbody></table></div>\n";
}

Chart threshold_chart(const ThresholdPlot& plot) {
  Chart chart{.id = "threshold", .title = "scores by threshold", .x_label = "threshold"};
  if (plot.threshold.empty()) return chart;
  Curves curves{.x = plot.threshold, .series = {}};
  for (const auto& [name, values] : plot.scores)
    curves.series.push_back({.name = name, .tone = static_cast<int>(curves.series.size()), .y = values});
  chart.curves.push_back(std::move(curves));
  chart.y_range = {0, 1.03};
  // On the last curve, which is what is usually maximised.
  double y = std::nan("");
  for (size_t k = 0; k < plot.threshold.size() && !plot.scores.empty(); ++k)
    if (plot.threshold[k] <= plot.used + 1e-9) y = plot.scores.back().second.at(k);
  chart.marks.push_back({.name = "used", .x = plot.used, .y = y});
  return chart;
}

}  // namespace tenfold::report
