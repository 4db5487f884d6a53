#include "tenfold/run/finish.h"

#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <utility>

#include "tenfold/core/file.h"
#include "tenfold/core/version.h"
#include "tenfold/run/companion.h"
#include "tenfold/run/illustrate.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/results.h"
#include "tenfold/train/callbacks/snapshots.h"
#include "tenfold/train/ensemble.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/predictions.h"
#include "tenfold/train/threshold.h"

namespace tenfold {
namespace {

constexpr int64_t kTopLosses = 12;

std::vector<std::string> metric_names(const Learner& learner) {
  const auto& asked = learner.options().metrics;
  return asked.empty() ? default_metrics(learner.task().kind) : asked;
}

int64_t items(const Data& data, Split split) { return data.split(split) ? data.split(split)->size() : 0; }

std::string shown(double value, const char* format) {
  char text[48];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// The curve of the sweep before `stage`, named by what the stage then trained.
report::LrPlot plot_of(const Json& curve, const Record& record, int stage) {
  report::LrPlot plot;
  plot.title = "before stage " + std::to_string(stage + 1);
  for (const auto& row : record.stages)
    if (row.stage == stage) plot.title += ": " + row.name;
  plot.lr = curve.at("lr").get<std::vector<double>>();
  plot.loss = curve.at("loss").get<std::vector<double>>();
  for (const auto& [name, rate] : curve.at("suggestions").items())
    plot.suggestions.emplace_back(name, rate.get<double>());
  if (curve.contains("range"))
    plot.range = {curve.at("range").at(0).get<double>(), curve.at("range").at(1).get<double>()};
  return plot;
}

/// The key figures at the top of the report.
std::vector<std::pair<std::string, std::string>> tiles(const Json& summary) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const char* part : {"snapshots_test", "test", "snapshots", "tta", "valid"}) {
    if (!summary.contains(part)) continue;
    const auto& figures = summary.at(part);
    for (const auto& [name, value] : figures.items())
      if (value.is_number() && name != "views" && name != "models" && name != "loss")
        out.emplace_back(std::string(part) + " " + name, shown(value.get<double>(), "%.4f"));
    out.emplace_back(std::string(part) + " loss", shown(figures.at("loss").get<double>(), "%.4f"));
  }
  if (const auto found = summary.find("companion"); found != summary.end() && found->contains("valid"))
    for (const auto& [name, value] : found->at("valid").at("blend").items())
      if (value.is_number() && name != "loss") out.emplace_back("blend " + name, shown(value.get<double>(), "%.4f"));
  out.emplace_back("training", shown(summary.at("seconds").get<double>(), "%.1f s"));
  out.emplace_back("items a second", shown(summary.at("train_per_second").get<double>(), "%.1f"));
  out.emplace_back("network", summary.at("network").get<std::string>());
  out.emplace_back("precision", summary.at("precision").get<std::string>());
  out.emplace_back("peak memory", shown(summary.at("peak_rss_mib").get<double>(), "%.0f MiB"));
  return out;
}

/// The task with the threshold that its labels are given by; a choice on the validation set is told in the summary.
nn::Task decided(const PredictOptions& options, nn::Task task, const Predictions& valid, Json& summary) {
  if (task.kind != nn::TaskKind::multi_label) return task;
  if (options.threshold > 0) {
    task.threshold = options.threshold;
  } else if (valid.target.defined()) {
    const auto choice = choose_threshold(task, valid.activated, valid.target, options.beta);
    task.threshold = choice.threshold;
    summary["threshold"] = {{"value", choice.threshold},
                            {"beta", choice.beta},
                            {"f_beta_where_chosen", choice.f_beta},
                            {"f_beta_at_half", choice.f_beta_at_half}};
  }
  return task;
}

struct TrainTotals {
  double seconds = 0, items = 0;
};

TrainTotals totals(const Record& record) {
  TrainTotals sum;
  for (const auto& row : record.epochs) {
    sum.seconds += row.seconds;
    sum.items += row.images_per_second * row.seconds;
  }
  return sum;
}

}  // namespace

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::vector<std::pair<int, Json>> read_curves(const std::string& log) {
  std::vector<std::pair<int, Json>> curves;
  for (size_t begin = 0, end; (end = log.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string_view line(log.data() + begin, end - begin);
    if (line.find("\"lr_find\"") == std::string_view::npos) continue;
    Json row = Json::parse(line);
    if (row.value("kind", "") == "lr_find") curves.emplace_back(row.at("stage").get<int>(), std::move(row));
  }
  return curves;
}

report::Page page_of(const Trained& trained, const Pipeline& pipeline, Learner& learner, const Json& summary,
                     const std::optional<Findings>& found) {
  report::Page page{.title = trained.folder.filename().string(), .summary = tiles(summary), .record = trained.record};
  for (const auto& [stage, curve] : trained.curves) page.lr_plots.push_back(plot_of(curve, trained.record, stage));
  for (const auto& item : learner.skipped()) page.notes.push_back("left out: " + item);
  if (found) {
    show(*found, learner, page);
    illustrate(pipeline, learner, *found, page);
  }
  page.comparison = comparison_of(summary);
  page.recipe = to_toml(trained.recipe);
  return page;
}

Json write_results(const Trained& trained, Application& application, const Watch& watch) {
  const auto& recipe = trained.recipe;
  auto& learner = application.learner();
  application.settle();
  Pipeline pipeline = application.pipeline();
  const auto& data = learner.data();
  const auto names = in_unit(pipeline, metric_names(learner));
  const OnItems evaluating = watch.pass("evaluating");
  const auto totals_of_run = totals(trained.record);
  Json summary = {{"task", name_of(learner.task().kind)},
                  {"items",
                   {{"train", items(data, Split::train)},
                    {"valid", items(data, Split::valid)},
                    {"test", items(data, Split::test)}}},
                  {"epochs", trained.record.epochs.size()},
                  {"steps", trained.record.steps.size()},
                  {"seconds", trained.seconds},
                  {"train_seconds", totals_of_run.seconds},
                  {"train_per_second", totals_of_run.seconds > 0 ? totals_of_run.items / totals_of_run.seconds : 0}};

  Predictions valid = predict(learner, Split::valid, evaluating, kMapped);
  Json accompanied =
      application.accompany(pipeline, valid, names.empty() ? "" : names.front(), watch.pass("training trees"));
  const Companion companion(pipeline);
  if (companion) accompanied.update(compare(companion, pipeline, learner, valid, names, evaluating));
  if (!accompanied.is_null()) summary["companion"] = std::move(accompanied);

  const auto& views = recipe.predict.tta;
  const auto with_views = [&](Split split) {
    Predictions predictions =
        views ? tta(learner, split, *views.options, evaluating) : predict(learner, split, evaluating);
    companion.blend(learner, split, predictions);
    to_unit(pipeline, predictions);
    return predictions;
  };
  to_unit(pipeline, valid);
  Predictions best = views || companion ? with_views(Split::valid) : valid;
  const nn::Task task = decided(recipe.predict, learner.task(), best, summary);
  const auto on_valid = [&](const Predictions& predictions) {
    return to_json(summary.contains("threshold") ? evaluate_cross_fitted(task, predictions, names, recipe.predict.beta)
                                                 : evaluate(task, predictions, names));
  };
  summary["valid"] = on_valid(valid);
  application.score(Split::valid, valid, summary["valid"], evaluating);
  if (views) {
    summary["tta"] = on_valid(best);
    summary["tta"]["views"] = passes(*views.options);
  }
  const auto together = [&](Split split) {
    return ensemble(learner, snapshot_files(trained.folder), [&](Learner&) { return with_views(split); });
  };
  const bool snapshots = !recipe.stage.empty() && recipe.stage.back().snapshots > 0;
  if (snapshots) {
    best = together(Split::valid);
    summary["snapshots"] = on_valid(best);
    summary["snapshots"]["models"] = snapshot_files(trained.folder).size();
  }
  if (data.test && data.test->size() > 0) {
    best = with_views(Split::test);
    if (best.target.defined()) {
      summary["test"] = to_json(evaluate(task, best, names));
      application.score(Split::test, best, summary["test"], evaluating);
    }
    if (snapshots) best = together(Split::test);
    if (snapshots && best.target.defined()) summary["snapshots_test"] = to_json(evaluate(task, best, names));
  }
  const bool language = task.kind == nn::TaskKind::language_model;
  if (!language)
    write_file(trained.folder / "predictions.csv", predictions_csv(task, data.classes, data.outputs, best));

  summary["network"] = application.network();
  summary["threads"] = learner.options().threads;
  summary["precision"] = learner.dtype() == at::kBFloat16 ? "bf16" : "fp32";
  summary["device"] = learner.options().device;
  summary["seed"] = recipe.training.seed;
  summary["version"] = version;
  summary["recipe_hash"] = recipe_hash(recipe);
  summary["peak_rss_mib"] = std::round(peak_rss_mib());
  pipeline.task = task;
  pipeline.provenance = summary;
  write_trees(trained.folder, pipeline);
  save_bundle(trained.folder / "model.safetensors", pipeline, learner.model());

  std::optional<Findings> found;
  if (!language) found = findings(learner, task, Split::valid, std::move(valid), kTopLosses);
  auto page = page_of(trained, pipeline, learner, summary, found);
  for (const auto& text : application.told()) page.notes.push_back(text);
  application.add_to(page, trained.folder, found);
  report::write(trained.folder / "report.html", page);
  write_file(trained.folder / "summary.json", summary.dump(2) + "\n");
  return summary;
}

}  // namespace tenfold
