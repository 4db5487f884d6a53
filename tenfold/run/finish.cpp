#include "tenfold/run/finish.h"

#include <sys/resource.h>

#include <cmath>
#include <cstdio>

#include "tenfold/core/file.h"
#include "tenfold/core/version.h"
#include "tenfold/run/results.h"
#include "tenfold/train/interpretation.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/predictions.h"

namespace tenfold {
namespace {

constexpr int64_t kSamplePictures = 16;
constexpr int64_t kTopLosses = 12;

Json evaluation_json(const Evaluation& evaluation) {
  Json json = {{"loss", evaluation.loss}};
  for (const auto& [name, value] : evaluation.metrics) json[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
  return json;
}

std::string task_name(nn::TaskKind kind) {
  for (const auto& [value, name] : nn::names(kind))
    if (value == kind) return std::string(name);
  throw Error("a task without a name");
}

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

report::LrPlot plot_of(const Json& curve) {
  report::LrPlot plot;
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
  for (const char* part : {"test", "tta", "valid"}) {
    if (!summary.contains(part)) continue;
    const auto& figures = summary.at(part);
    for (const auto& [name, value] : figures.items())
      if (value.is_number() && name != "views" && name != "loss")
        out.emplace_back(std::string(part) + " " + name, shown(value.get<double>(), "%.4f"));
    out.emplace_back(std::string(part) + " loss", shown(figures.at("loss").get<double>(), "%.4f"));
  }
  out.emplace_back("training", shown(summary.at("seconds").get<double>(), "%.1f s"));
  out.emplace_back("items a second", shown(summary.at("train_per_second").get<double>(), "%.1f"));
  out.emplace_back("backbone", summary.at("backbone").get<std::string>());
  out.emplace_back("precision", summary.at("precision").get<std::string>());
  out.emplace_back("peak memory", shown(summary.at("peak_rss_mib").get<double>(), "%.0f MiB"));
  return out;
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

Pipeline pipeline_of(const Trained& trained, const Learner& learner, const Json& summary) {
  Pipeline pipeline;
  pipeline.task = learner.task();
  pipeline.classes = learner.data().classes;
  pipeline.outputs = learner.data().outputs;
  pipeline.data = trained.recipe.data;
  pipeline.data.size =
      size_of_stage(trained.recipe, trained.recipe.stage.empty() ? 0 : trained.recipe.stage.size() - 1);
  pipeline.model = trained.recipe.model;
  pipeline.model.backbone = trained.backbone;
  pipeline.model.weights = "none";  // they are in the bundle
  pipeline.normalisation = trained.normalisation;
  pipeline.precision = learner.dtype() == at::kBFloat16 ? "bf16" : "fp32";
  pipeline.threads = learner.options().threads;
  pipeline.provenance = summary;
  return pipeline;
}

report::Page page_of(const Trained& trained, Learner& learner, Split split, const Json& summary,
                     const Interpretation& interpretation) {
  report::Page page{.title = trained.folder.filename().string(), .summary = tiles(summary), .record = trained.record};
  for (const auto& [stage, curve] : trained.curves) page.lr_plots.push_back(plot_of(curve));
  page.sample_batch = sample_batch(learner, trained.normalisation, kSamplePictures);
  page.classes = interpretation.classes;
  page.confusion = interpretation.confusion;
  page.top_losses = top_loss_rows(learner, split, interpretation, trained.normalisation);
  page.recipe = to_toml(trained.recipe);
  return page;
}

Json write_results(const Trained& trained, Learner& learner, const Watch& watch) {
  const auto& recipe = trained.recipe;
  const auto& data = learner.data();
  const auto names = metric_names(learner);
  const OnItems evaluating = [&](int64_t done, int64_t all) {
    if (watch.items) watch.items("evaluating", done, all);
  };
  const auto totals_of_run = totals(trained.record);
  Json summary = {{"task", task_name(learner.task().kind)},
                  {"items",
                   {{"train", items(data, Split::train)},
                    {"valid", items(data, Split::valid)},
                    {"test", items(data, Split::test)}}},
                  {"epochs", trained.record.epochs.size()},
                  {"steps", trained.record.steps.size()},
                  {"seconds", trained.seconds},
                  {"train_seconds", totals_of_run.seconds},
                  {"train_per_second", totals_of_run.seconds > 0 ? totals_of_run.items / totals_of_run.seconds : 0}};

  const int views = recipe.predict.tta;
  const auto with_views = [&](Split split) {
    return views > 0 ? tta(learner, split, {.views = views}, evaluating) : predict(learner, split, evaluating);
  };
  const Predictions valid = predict(learner, Split::valid, evaluating);
  summary["valid"] = evaluation_json(evaluate(learner.task(), valid, names));
  Predictions best = valid;
  if (views > 0) {
    best = with_views(Split::valid);
    summary["tta"] = evaluation_json(evaluate(learner.task(), best, names));
    summary["tta"]["views"] = views;
  }
  if (data.test && data.test->size() > 0) {
    best = with_views(Split::test);
    if (best.target.defined()) summary["test"] = evaluation_json(evaluate(learner.task(), best, names));
  }
  write_file(trained.folder / "predictions.csv", predictions_csv(learner.task(), data.classes, data.outputs, best));

  summary["backbone"] = trained.backbone;
  summary["threads"] = learner.options().threads;
  summary["precision"] = learner.dtype() == at::kBFloat16 ? "bf16" : "fp32";
  summary["device"] = learner.options().device;
  summary["seed"] = recipe.training.seed;
  summary["version"] = version;
  summary["recipe_hash"] = recipe_hash(recipe);
  summary["peak_rss_mib"] = std::round(peak_rss_mib());
  save_bundle(trained.folder / "model.safetensors", pipeline_of(trained, learner, summary), learner.model());

  const Interpretation interpretation = interpret(learner.task(), data.classes, valid, kTopLosses);
  report::write(trained.folder / "report.html", page_of(trained, learner, Split::valid, summary, interpretation));
  write_file(trained.folder / "summary.json", summary.dump(2) + "\n");
  return summary;
}

}  // namespace tenfold
