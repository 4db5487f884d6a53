#include "tenfold/report/report.h"

#include <algorithm>
#include <cmath>

#include "tenfold/core/file.h"
#include "tenfold/core/version.h"
#include "tenfold/report/assets.h"
#include "tenfold/report/chart.h"
#include "tenfold/report/columns.h"
#include "tenfold/report/confusion.h"
#include "tenfold/report/curves.h"
#include "tenfold/report/labels.h"
#include "tenfold/report/markup.h"
#include "tenfold/report/outputs.h"
#include "tenfold/report/sections.h"

namespace tenfold::report {
namespace {

struct Section {
  std::string id, title, hint, body;
};

/// The charts with something to draw, and where they go.
class Charts {
 public:
  std::string add(const std::vector<Chart>& charts, const std::string& grid) {
    std::string figures;
    for (const auto& chart : charts) {
      if (!drawable(chart)) continue;
      figures += figure_of(chart);
      data_.push_back(to_json(chart));
    }
    return figures.empty() ? figures : joined({"<div class=\"", grid, "\">", figures, "</div>"});
  }
  std::string add(const Scatter& scatter) {
    if (!scatter.x.empty()) scatters_.push_back(to_json(scatter));
    return figure_of(scatter);
  }
  const Json& data() const { return data_; }
  const Json& scatters() const { return scatters_; }

 private:
  Json data_ = Json::array(), scatters_ = Json::array();
};

constexpr const char* kHowToRead =
    "Drag to zoom, double-click to see all. In a chart, arrow keys read its values; names switch curves on and off.";

std::string about(const Page& page, const std::string& text) {
  return page.split.empty() ? text : text + " Items: " + escape(page.split) + ".";
}

/// Each output's scatter beside its residuals.
std::string outputs(const std::vector<OutputPlot>& plots, Charts& charts) {
  std::string out;
  for (size_t k = 0; k < plots.size(); ++k) {
    const std::string scatter = charts.add(output_scatter(plots[k], k));
    const std::string bars = charts.add({residual_chart(plots[k], k)}, "charts wide");
    if (!scatter.empty()) out += "<div class=\"charts pair\">" + scatter + bars + "</div>";
  }
  return out.empty() ? out : output_table(plots) + out;
}

/// Lines of the numbers, then lists of the categories' levels.
std::string dependence(const std::vector<DependencePlot>& plots, Charts& charts) {
  std::vector<Chart> lines;
  std::string tables;
  for (size_t k = 0; k < plots.size(); ++k) {
    lines.push_back(dependence_chart(plots[k], k));
    tables += dependence_table(plots[k]);
  }
  return charts.add(lines, lines.size() == 1 ? "charts wide" : "charts") + tables;
}

std::string time_errors(const std::vector<TimeErrorPlot>& plots, Charts& charts) {
  std::vector<Chart> all;
  for (size_t k = 0; k < plots.size(); ++k) all.push_back(time_error_chart(plots[k], k));
  return charts.add(all, "charts wide");
}

/// Each category's map; one alone takes the width.
std::string levels(const std::vector<Scatter>& maps, Charts& charts) {
  std::string out;
  for (const auto& map : maps) out += charts.add(map);
  return out.empty() || maps.size() == 1 ? out : "<div class=\"charts pair\">" + out + "</div>";
}

std::string losses_hint(const Page& page) {
  std::string hint = "Where the model was most wrong: hard items, and often wrong labels.";
  if (!page.heat_scale.empty())
    hint += " The shaded pictures say which parts speak for a class (Grad-CAM), each by its own maximum.";
  return hint;
}

std::string losses(const Page& page) {
  const std::string rows = top_losses(page.top_losses);
  if (rows.empty()) return {};
  const bool note = !page.heat_note.empty();
  const bool texts =
      std::any_of(page.top_losses.begin(), page.top_losses.end(), [](const auto& row) { return !row.texts.empty(); });
  return heat_legend(page.heat_scale) + (texts ? marked_legend() : "") +
         (note ? joined({"<p class=\"hint\">No heat maps: ", escape(page.heat_note), "</p>"}) : "") + rows;
}

std::vector<Section> sections(const Page& page, Charts& charts) {
  const Record& record = page.record;
  std::vector<Chart> sweeps;
  for (size_t k = 0; k < page.lr_plots.size(); ++k) sweeps.push_back(sweep_chart(page.lr_plots[k], k));
  return {
      {"notes", "Notes", "", notes(page.notes)},
      {"leaks", "Leaks", "Where validation may look better than life; none of this is proof, each is worth a look.",
       leak_table(page.leaks)},
      {"ranking", "Networks", "A head on features computed once. Errors that overlap say that the order may be chance.",
       charts.add({ranking_chart(page.ranking)}, "charts wide") + ranking_table(page.ranking)},
      {"comparison", "Network, trees and blend", escape(page.comparison.note), comparison_table(page.comparison)},
      {"learning", "Learning", kHowToRead,
       charts.add({loss_chart(record)}, "charts wide") + charts.add(metric_charts(record), "charts small")},
      {"schedule", "Schedule as run", "",
       charts.add({rate_chart(record), momentum_chart(record)}, "charts") + stage_table(record)},
      {"finder", "Learning-rate finder",
       "A rate just before the steepest descent trains fast and safely; the loss must still be falling there.",
       charts.add(sweeps, sweeps.size() == 1 ? "charts wide" : "charts")},
      {"epochs", "Epochs", "", epoch_table(record)},
      {"speed", "Throughput", "Items trained a second in each epoch; validation is not counted.",
       charts.add({speed_chart(record)}, "charts wide")},
      {"confusion", "Confusion matrix",
       about(page,
             "Rows are what the items are, columns what the model says. Blue is right, orange wrong; shares are of a "
             "row."),
       page.confusion.empty() ? ""
                              : joined({"<div class=\"beside\">", confusion_table(page.classes, page.confusion),
                                        confused_list(page.classes, page.confusion), "</div>"})},
      {"labels", "Labels",
       about(page,
             "Each label alone, at the threshold used; the least well found first. Precision: of those given it, the "
             "share that have it. Recall: of those that have it, the share given it. F2 counts recall four times."),
       label_table(page.labels) + charts.add({threshold_chart(page.thresholds)}, "charts wide")},
      {"outputs", "Predicted against actual",
       about(page, "On the dashed line a prediction is right. Bias is the mean of predicted − actual."),
       outputs(page.outputs, charts)},
      {"calibration", "Calibration",
       about(page, "On the line, what is said to be seven in ten happens seven times in ten."),
       charts.add({calibration_chart(page.calibration)}, "charts wide")},
      {"time-errors", "Errors by time",
       about(page, "A bias that grows says that the world has moved on since the training rows."),
       time_errors(page.time_errors, charts)},
      {"importance", "Importance of the columns",
       about(page,
             "What the metric loses where a column's values change places between rows. Columns that tell the same "
             "share their importance."),
       importance_table(page.importance)},
      {"dependence", "What the model makes of values",
       about(page, "The mean prediction where all rows have this value and keep their others."),
       dependence(page.dependence, charts)},
      {"levels", "Maps of the categories",
       "The two main directions of the levels' vectors: levels that are near each other are alike to the network.",
       levels(page.levels, charts)},
      {"losses", "Top losses", about(page, losses_hint(page)), losses(page)},
      {"translations", "Translations", about(page, "From all over it, as they come: neither the best nor the worst."),
       translation_table(page.translations)},
      {"attention", "What translations look at",
       about(page, "Each word of the translation, down, and how much it looked at the words of the source, across."),
       alignment_tables(page.alignments)},
      {"embedding", "Map of the items", about(page, escape(page.embedding_note)), charts.add(page.embedding)},
      {"batch", "A training batch", "As the network saw it, after augmentation.",
       picture_grid(page.sample_batch, "training picture")},
      {"recipe", "Recipe", "Complete: saved as recipe.toml, tenfold train recipe.toml repeats this run.",
       recipe(page.recipe)},
  };
}

std::string facts(const Record& record) {
  if (record.epochs.empty() && record.steps.empty()) return {};
  double seconds = 0;
  for (const auto& row : record.epochs)
    if (std::isfinite(row.seconds + row.valid_seconds)) seconds += row.seconds + row.valid_seconds;
  const auto counted = [](int64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  std::string text = record.stages.empty() ? "" : counted(static_cast<int64_t>(record.stages.size()), "stage") + " · ";
  text += counted(static_cast<int64_t>(record.epochs.size()), "epoch");
  if (!record.steps.empty()) text += " · " + counted(record.steps.back().step + 1, "step");
  if (seconds > 0) text += " · " + duration(seconds);
  return text;
}

/// Only what the page itself carries may run or show.
std::string policy() {
  return joined({"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ", script_hash(uplot_js()),
                 " ", script_hash(chart_js()), " ", script_hash(scatter_js()), " ", script_hash(page_js()),
                 "; base-uri 'none'; form-action 'none'"});
}

}  // namespace

std::string html(const Page& page) {
  Charts charts;
  std::string contents, body;
  size_t shown = 0;
  for (const auto& section : sections(page, charts)) {
    if (section.body.empty()) continue;
    ++shown;
    contents += joined({"<a href=\"#", section.id, "\">", section.title, "</a>"});
    body += joined({"<section id=\"", section.id, "\" aria-labelledby=\"", section.id, "-title\"><h2 id=\"", section.id,
                    "-title\">", section.title, "</h2>"});
    if (!section.hint.empty()) body += joined({"<p class=\"hint\">", section.hint, "</p>"});
    body += section.body + "</section>\n";
  }
  const std::string title = page.title.empty() ? "Report" : escape(page.title);
  const std::string under = facts(page.record);
  const Json data = {{"stages", stages_of(page.record)}, {"charts", charts.data()}, {"scatters", charts.scatters()}};
  return joined(
      {"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" "
       "content=\"",
       policy(),
       "\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" "
       "content=\"light dark\"><title>",
       title,
       " · tenfold</title>\n<style>",
       uplot_css(),
       page_css(),
       "</style></head>\n<body><header><div class=\"head\"><div><h1>",
       title,
       "</h1>",
       under.empty() ? "" : "<p>" + under + "</p>",
       "</div><button type=\"button\" id=\"theme\">Dark</button></div>\n",
       tiles(page),
       shown > 2 ? "<nav aria-label=\"Contents\">" + contents + "</nav>" : "",
       "</header>\n<main><noscript><p class=\"notes\">Charts need JavaScript; everything else is "
       "here.</p></noscript>\n",
       body,
       "</main>\n<footer>tenfold ",
       version,
       "</footer>\n<script type=\"application/json\" id=\"data\">",
       script_json(data),
       "</script>\n<script>",
       uplot_js(),
       "</script>\n<script>",
       chart_js(),
       "</script>\n<script>",
       scatter_js(),
       "</script>\n<script>",
       page_js(),
       "</script></body></html>\n"});
}

void write(const std::filesystem::path& path, const Page& page) { write_file(path, html(page)); }

}  // namespace tenfold::report
