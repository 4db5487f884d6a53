#include "tenfold/report/ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "tenfold/report/markup.h"

namespace tenfold::report {
namespace {

double milliseconds(const RankedNetwork& row) { return row.images_per_second > 0 ? 1e3 / row.images_per_second : NAN; }

std::string text(double value, const char* format) {
  if (!std::isfinite(value)) return "–";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string cell(const std::string& content) { return joined({"<td class=\"n\">", escape(content), "</td>"}); }

}  // namespace

std::vector<size_t> frontier(const Ranking& ranking) {
  const auto& rows = ranking.rows;
  std::vector<std::pair<double, size_t>> order;  // fastest first, then best first
  for (size_t k = 0; k < rows.size(); ++k) order.emplace_back(-rows[k].images_per_second, k);
  std::sort(order.begin(), order.end());
  std::vector<size_t> unbeaten;
  for (const auto& [_, k] : order) {
    const bool better = unbeaten.empty() || (ranking.higher_is_better ? rows[k].value > rows[unbeaten.back()].value
                                                                      : rows[k].value < rows[unbeaten.back()].value);
    if (better) unbeaten.push_back(k);
  }
  return unbeaten;
}

Chart ranking_chart(const Ranking& ranking) {
  Chart chart{.id = "ranking",
              .title = ranking.metric + " by time",
              .x_label = "milliseconds an image through the network",
              .x = Scale::log};
  if (ranking.rows.empty()) return chart;
  Curves line;
  Series best{.name = "best for its time", .stroke = Stroke::faint};
  for (const size_t k : frontier(ranking)) {
    line.x.push_back(milliseconds(ranking.rows[k]));
    best.y.push_back(ranking.rows[k].value);
  }
  line.series = {best};
  chart.curves.push_back(line);
  int tone = 0;
  for (const auto& row : ranking.rows)
    chart.curves.push_back(
        {.x = {milliseconds(row)},
         .series = {{.name = row.name, .stroke = Stroke::points, .tone = tone++, .y = {row.value}}}});
  return chart;
}

std::string ranking_table(const Ranking& ranking) {
  if (ranking.rows.empty()) return {};
  std::string out =
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Networks\"><table><thead><tr>"
      "<th scope=\"col\">network</th>";
  for (const std::string& head : {ranking.metric, std::string("± error"), std::string("images/s"),
                                  std::string("seconds"), std::string("million parameters"), std::string("pixels")})
    out += joined({"<th scope=\"col\" class=\"n\">", escape(head), "</th>"});
  out += "</tr></thead><tbody>";
  for (const auto& row : ranking.rows)
    out += joined({"<tr><th scope=\"row\">", escape(row.name), "</th>", cell(figure(row.value)),
                   cell(row.error > 0 ? figure(row.error) : "–"), cell(text(row.images_per_second, "%.1f")),
                   cell(text(row.seconds, "%.1f")), cell(text(row.million_parameters, "%.1f")),
                   cell(std::to_string(row.size)), "</tr>"});
  out += "</tbody></table></div>\n";
  if (!ranking.left_out.empty()) {
    out += "<p class=\"hint\">Left out: ";
    for (size_t k = 0; k < ranking.left_out.size(); ++k)
      out += joined({k ? "; " : "", escape(ranking.left_out[k].first), ", ", escape(ranking.left_out[k].second)});
    out += ".</p>\n";
  }
  return out;
}

}  // namespace tenfold::report
