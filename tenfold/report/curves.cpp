#include "tenfold/report/curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "tenfold/report/markup.h"
#include "tenfold/report/series.h"

namespace tenfold::report {
namespace {

constexpr size_t kBuckets = 600;  // more than a screen shows; 3000 points at most for a pair of curves
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// A stage's rows in Record::steps.
struct Span {
  int stage = 0;
  size_t begin = 0, end = 0;
};

std::vector<Span> spans(const std::vector<StepRow>& steps) {
  std::vector<Span> out;
  for (size_t row = 0; row < steps.size(); ++row) {
    if (out.empty() || out.back().stage != steps[row].stage) out.push_back({steps[row].stage, row, row});
    out.back().end = row + 1;
  }
  return out;
}

const StageRow* stage_row(const Record& record, int stage) {
  for (const auto& row : record.stages)
    if (row.stage == stage) return &row;
  return nullptr;
}

std::vector<double> step_numbers(const std::vector<StepRow>& steps) {
  std::vector<double> x;
  for (const auto& row : steps) x.push_back(static_cast<double>(row.step));
  return x;
}

/// Thinned stage by stage, so that each one's first and last step stay.
Curves thinned(const Record& record, Curves curves) {
  Curves out{.x = {}, .series = curves.series};
  for (auto& series : out.series) series.y.clear();
  for (const auto& span : spans(record.steps)) {
    std::vector<std::vector<double>> columns;
    for (const auto& series : curves.series)
      columns.emplace_back(series.y.begin() + static_cast<long>(span.begin),
                           series.y.begin() + static_cast<long>(span.end));
    const size_t buckets = std::max<size_t>(2, kBuckets * (span.end - span.begin) / record.steps.size());
    for (const size_t row : extremes(columns, buckets)) {
      out.x.push_back(curves.x[span.begin + row]);
      for (size_t k = 0; k < columns.size(); ++k) out.series[k].y.push_back(columns[k][row]);
    }
  }
  return out;
}

/// Where in the run an epoch ended: its last step.
double last_step(const EpochRow& row) { return static_cast<double>(std::max<int64_t>(0, row.steps - 1)); }

std::string group_name(const StageRow* stage, size_t group, size_t groups) {
  if (stage && group < stage->groups.size()) return stage->groups[group];
  return groups == 1 ? "all" : "group " + std::to_string(group);
}

/// Names of the layer groups in the order of the network: the stage that knows most of them says it.
std::vector<std::string> group_names(const Record& record) {
  std::vector<std::vector<std::string>> known;
  for (const auto& span : spans(record.steps)) {
    const auto* stage = stage_row(record, span.stage);
    const size_t groups = record.steps[span.begin].lr.size();
    known.emplace_back();
    for (size_t g = 0; g < groups; ++g) known.back().push_back(group_name(stage, g, groups));
  }
  const auto most =
      std::max_element(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::vector<std::string> names = most == known.end() ? std::vector<std::string>{} : *most;
  for (const auto& stage : known)
    for (const auto& name : stage)
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

double highest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values)
    if (value > most) most = value;
  return most;
}

}  // namespace

Json stages_of(const Record& record) {
  Json out = Json::array();
  for (const auto& span : spans(record.steps)) {
    const auto &first = record.steps[span.begin], &last = record.steps[span.end - 1];
    const auto* stage = stage_row(record, span.stage);
    const double epochs = last.epoch - first.epoch;
    out.push_back(
        {{"name", stage && !stage->name.empty() ? stage->name : "stage " + std::to_string(span.stage + 1)},
         {"from", first.step},
         {"to", last.step},
         {"epoch", rounded(first.epoch)},
         {"steps_per_epoch", epochs > 0 ? rounded(static_cast<double>(last.step - first.step) / epochs) : 0}});
  }
  return out;
}

Chart loss_chart(const Record& record) {
  Chart chart{.id = "loss", .title = "Loss", .x_label = "step", .scale_choice = true, .by_step = true};
  Series each{.name = "each step", .stroke = Stroke::faint, .tone = 0}, smooth{.name = "training, smoothed", .tone = 0};
  for (const auto& row : record.steps) {
    each.y.push_back(row.loss);
    smooth.y.push_back(row.smooth_loss);
  }
  if (!record.steps.empty()) chart.curves.push_back(thinned(record, {step_numbers(record.steps), {each, smooth}}));
  Curves epochs;
  Series train{.name = "training", .stroke = Stroke::points, .tone = 0},
      valid{.name = "validation", .stroke = Stroke::points, .tone = 1};
  for (const auto& row : record.epochs) {
    if (!row.valid_loss && !record.steps.empty()) continue;
    epochs.x.push_back(last_step(row));
    train.y.push_back(row.train_loss);
    valid.y.push_back(row.valid_loss.value_or(kNothing));
  }
  if (record.steps.empty()) epochs.series.push_back(train);
  epochs.series.push_back(valid);
  if (!epochs.x.empty()) chart.curves.push_back(epochs);
  return chart;
}

std::vector<Chart> metric_charts(const Record& record) {
  std::map<std::string, Curves> metrics;
  for (const auto& row : record.epochs)
    for (const auto& [name, value] : row.metrics) {
      auto& curves = metrics[name];
      if (curves.series.empty()) curves.series.push_back({.name = name, .stroke = Stroke::points, .tone = 2});
      curves.x.push_back(last_step(row));
      curves.series.front().y.push_back(value);
    }
  std::vector<Chart> charts;
  for (auto& [name, curves] : metrics) {
    Chart chart{.id = "metric " + name, .title = name, .x_label = "step", .by_step = true};
    std::replace(chart.title.begin(), chart.title.end(), '_', ' ');
    chart.curves.push_back(std::move(curves));
    charts.push_back(std::move(chart));
  }
  return charts;
}

Chart rate_chart(const Record& record) {
  Chart chart{.id = "rate", .title = "Learning rate", .x_label = "step", .scale_choice = true, .by_step = true};
  const auto names = group_names(record);
  if (names.empty()) return chart;
  Curves curves{.x = step_numbers(record.steps), .series = {}};
  for (size_t k = 0; k < names.size(); ++k)
    curves.series.push_back(
        {.name = names[k], .tone = static_cast<int>(k), .y = std::vector<double>(record.steps.size(), kNothing)});
  for (const auto& span : spans(record.steps)) {
    const auto* stage = stage_row(record, span.stage);
    const size_t groups = record.steps[span.begin].lr.size();
    for (size_t g = stage ? static_cast<size_t>(std::max(0, stage->trained_from)) : 0; g < groups; ++g) {
      const auto found = std::find(names.begin(), names.end(), group_name(stage, g, groups));
      auto& y = curves.series[static_cast<size_t>(found - names.begin())].y;
      for (size_t row = span.begin; row < span.end; ++row)
        if (g < record.steps[row].lr.size()) y[row] = record.steps[row].lr[g];
    }
  }
  std::erase_if(curves.series, [](const Series& series) {
    return std::none_of(series.y.begin(), series.y.end(), [](double value) { return std::isfinite(value); });
  });
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (const auto& series : curves.series) {
    least = std::min(least, highest(series.y));
    most = std::max(most, highest(series.y));
  }
  if (least > 0 && most > 5 * least) chart.y = Scale::log;
  chart.curves.push_back(thinned(record, std::move(curves)));
  return chart;
}

Chart momentum_chart(const Record& record) {
  Chart chart{.id = "momentum", .title = "Momentum", .x_label = "step", .by_step = true};
  Series momentum{.name = "momentum", .tone = 3};
  for (const auto& row : record.steps) momentum.y.push_back(row.momentum.value_or(kNothing));
  if (!record.steps.empty()) chart.curves.push_back(thinned(record, {step_numbers(record.steps), {momentum}}));
  return chart;
}

Chart speed_chart(const Record& record) {
  Chart chart{.id = "speed", .title = "Items a second", .x_label = "epoch of the run", .scale_choice = true};
  Curves curves{.x = {}, .series = {{.name = "items a second", .stroke = Stroke::points, .tone = 4}}};
  double least = std::numeric_limits<double>::infinity();
  auto& y = curves.series.front().y;
  for (const auto& row : record.epochs) {
    curves.x.push_back(static_cast<double>(curves.x.size() + 1));
    y.push_back(row.images_per_second > 0 ? row.images_per_second : kNothing);
    if (row.images_per_second > 0) least = std::min(least, row.images_per_second);
  }
  if (highest(y) > 8 * least) chart.y = Scale::log;  // cached features are that much faster than images
  chart.curves.push_back(std::move(curves));
  return chart;
}

Chart sweep_chart(const LrPlot& plot, size_t number) {
  Chart chart{.id = "sweep " + std::to_string(number),
              .title = plot.title.empty() ? "Loss by learning rate" : plot.title,
              .x_label = "learning rate",
              .x = Scale::log};
  Curves curves{.x = {}, .series = {{.name = "loss", .tone = 0}}};
  for (size_t k = 0; k < std::min(plot.lr.size(), plot.loss.size()); ++k) {
    if (!(plot.lr[k] > 0) || !std::isfinite(plot.lr[k])) continue;
    curves.x.push_back(plot.lr[k]);
    curves.series.front().y.push_back(plot.loss[k]);
  }
  const auto& loss = curves.series.front().y;
  chart.y_range = sweep_window(loss);
  for (const auto& [name, rate] : plot.suggestions) {
    if (curves.x.empty() || !(rate > 0)) continue;
    const auto right = static_cast<size_t>(std::lower_bound(curves.x.begin(), curves.x.end(), rate) - curves.x.begin());
    const size_t r = std::min(right, curves.x.size() - 1), l = r > 0 ? r - 1 : 0;
    const double span = std::log(curves.x[r] / curves.x[l]);
    const double share = span > 0 ? std::clamp(std::log(rate / curves.x[l]) / span, 0.0, 1.0) : 1;
    chart.marks.push_back({name, rate, loss[l] + share * (loss[r] - loss[l])});
  }
  if (plot.range.first > 0 && plot.range.second >= plot.range.first) {
    chart.band = plot.range;
    chart.band_name =
        (plot.suggestions.empty() ? std::string("error bar") : "error bar of " + plot.suggestions.front().first) +
        ": " + rate(plot.range.first) + " to " + rate(plot.range.second);
  }
  chart.curves.push_back(std::move(curves));
  return chart;
}

bool drawable(const Chart& chart) {
  for (const auto& curves : chart.curves)
    for (const auto& series : curves.series)
      if (std::any_of(series.y.begin(), series.y.end(), [](double value) { return std::isfinite(value); })) return true;
  return false;
}

}  // namespace tenfold::report
