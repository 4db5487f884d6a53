// tenfold train.

#include "tenfold/cli/commands/train.h"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <iostream>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/interrupt.h"
#include "tenfold/cli/help.h"
#include "tenfold/cli/program.h"
#include "tenfold/cli/progress.h"
#include "tenfold/run/run.h"

namespace tenfold::cli {
namespace {

namespace fs = std::filesystem;

/// "runs/dogs-cats-20260314-1502": the data's name and the time, so that runs sort by age.
fs::path new_folder(const Recipe& recipe) {
  fs::path data = data_path(recipe);
  if (!fs::is_directory(data)) data = data.stem();
  if (data.filename().empty()) data = data.parent_path();
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "-%Y%m%d-%H%M%S", &local);
  const std::string name = fs::absolute(data).lexically_normal().filename().string();
  return fs::path("runs") / ((name.empty() ? "run" : name) + stamp);
}

std::string epoch_line(const EpochRow& row) {
  std::string text = "  epoch " + std::to_string(row.epoch + 1) + "  train loss " + number(row.train_loss);
  if (row.valid_loss) text += "  valid loss " + number(*row.valid_loss);
  for (const auto& [name, value] : row.metrics) text += "  " + name + " " + number(value);
  text += "  " + number(row.images_per_second, 4) + " items/s  " + duration(row.seconds + row.valid_seconds);
  return text;
}

Watch watch_by(Progress& progress, const Interrupt& interrupt) {
  Watch watch;
  watch.message = [&](const std::string& text) { progress.say(text); };
  watch.stage = [&](const StageRow& row, int64_t steps) {
    progress.say("stage " + std::to_string(row.stage + 1) + ": " + row.name + ", " +
                 number(row.plan.value("epochs", 0.0)) + " epochs, " + std::to_string(steps) + " steps" +
                 (row.plan.contains("size") ? ", " + std::to_string(row.plan.value("size", 0)) + " px" : ""));
  };
  watch.step = [&](const StepRow& row, int64_t step, int64_t steps) {
    progress.update("stage " + std::to_string(row.stage + 1) + ", steps", step, steps,
                    "loss " + number(row.smooth_loss));
  };
  watch.epoch = [&](const EpochRow& row) { progress.say(epoch_line(row)); };
  watch.items = [&](const std::string& what, int64_t done, int64_t all) { progress.update(what, done, all); };
  watch.interrupted = [&] { return interrupt.asked(); };
  return watch;
}

std::string figures(const std::string& what, const Json& values) {
  std::string text = what;
  for (const auto& [name, value] : values.items())
    text += "  " + name + " " + (value.is_number_float() ? number(value.get<double>()) : typed_value(value));
  return text + "\n";
}

/// Network, trees and blend on each split.
std::string companion_figures(const Json& companion) {
  if (companion.contains("why")) return companion.at("why").get<std::string>() + "\n";
  std::string text;
  for (const char* split : {"valid", "test"}) {
    if (!companion.contains(split)) continue;
    for (const char* row : {"network", "trees", "blend", "blend_cross_fitted"})
      if (companion.at(split).contains(row))
        text += figures(std::string(split) + " " + row, companion.at(split).at(row));
  }
  return text;
}

std::string figures(const Json& summary) {
  std::string text;
  for (const char* part : {"valid", "tta", "snapshots", "test", "snapshots_test"}) {
    if (!summary.contains(part)) continue;
    text += figures(part, summary.at(part));
  }
  return text + companion_figures(summary.value("companion", Json::object()));
}

}  // namespace

Answer train(const Arguments& arguments) {
  const auto request = train_request(arguments);
  const bool resuming = !request.own.resume.empty();
  RunOptions options{.folder = resuming                  ? fs::path(request.own.resume)
                               : request.own.out.empty() ? new_folder(request.recipe)
                                                         : fs::path(request.own.out),
                     .checkpoint_seconds = request.own.checkpoint_seconds,
                     .checkpoint_steps = request.own.checkpoint_steps,
                     .cache = request.own.cache,
                     .cache_mib = request.own.cache_mib};
  const Interrupt interrupt;
  Progress progress(std::cerr, terminal(STDERR_FILENO));
  progress.say((resuming ? "going on with " : "run folder ") + options.folder.string());
  if (!resuming) {
    std::string plan = plan_text(request.recipe);
    plan.pop_back();
    progress.say(plan);
  }
  const Watch watch = watch_by(progress, interrupt);
  const RunResult result = resuming ? resume(options, watch) : run(request.recipe, options, watch);
  if (result.outcome == Outcome::interrupted) {
    progress.say("stopped after a checkpoint; go on with: tenfold train --resume " + options.folder.string());
    return {.text = "", .json = {{"run", options.folder.string()}, {"outcome", "interrupted"}}, .code = kInterrupted};
  }
  Json json = {{"run", options.folder.string()}, {"outcome", "done"}};
  json.update(result.summary);
  return {.text = figures(result.summary) + "trained for " + duration(result.summary.value("seconds", 0.0)) + " at " +
                  number(result.summary.value("train_per_second", 0.0)) + " items/s\nreport  " +
                  (options.folder / "report.html").string() + "\nmodel   " +
                  (options.folder / "model.safetensors").string() + "\n",
          .json = json};
}

}  // namespace tenfold::cli
