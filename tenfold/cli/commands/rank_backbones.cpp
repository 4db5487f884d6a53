#include "tenfold/cli/commands/rank_backbones.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "tenfold/cli/commands.h"
#include "tenfold/cli/recipe_flags.h"

namespace tenfold::cli {
namespace {

/// What the heads' fixed plan leaves open.
constexpr auto kTraining =
    std::to_array<std::string_view>({"training.seed", "training.precision", "training.device", "training.threads",
                                     "training.workers", "training.skip_broken", "training.metrics"});

bool fits(const Flag& flag) {
  const auto& path = flag.field.path;
  if (path.starts_with("training.")) return std::find(kTraining.begin(), kTraining.end(), path) != kTraining.end();
  return path != "data.path" && path != "data.csv" && path != "data.size";
}

}  // namespace

RankRequest rank_request(const Arguments& arguments) {
  RankRequest request{.own = own_options<RankFlags>(arguments),
                      .recipe = recipe_of(std::nullopt, arguments),
                      .data = arguments.positionals.at(0)};
  const std::filesystem::path path = request.data;
  auto& data = request.recipe.data;
  if (path.extension() == ".csv") {
    data.csv = path.string();
    data.path = path.has_parent_path() ? path.parent_path().string() : ".";
  } else {
    data.path = path.string();
  }
  return request;
}

Command rank_backbones_command() {
  Command command{
      .name = "rank-backbones",
      .summary = "which pretrained network suits this data: accuracy of a head on its features, and what it costs",
      .help =
          R"(Runs the images once through each network whose weights are at hand, trains the same small head on those features
(on folds where the data has no valid folder), and prints a table, the best first. Networks go from the cheapest to the dearest
until the minutes are over; features are kept, so the same data is ranked again, and a chosen network's head trained, in seconds.

  tenfold rank-backbones dogs-cats
  tenfold rank-backbones dogs-cats --minutes 30 --report networks.html
  tenfold rank-backbones planet/labels.csv --backbones resnet18,efficientnet_lite0 --size 128

A head says how well a network's features fit; fine-tuning moves the order where two are close. Compare errors before choosing.)",
      .positionals = {{.name = "DATA", .help = "folder of images, or a .csv whose first column names files beside it"}},
      .flags = flags_of(describe(RankFlags{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        rank_request(arguments);
        return std::nullopt;
      }};
  for (auto& flag : recipe_flags({"data", "training"}))
    if (fits(flag)) command.flags.push_back(std::move(flag));
  return command;
}

}  // namespace tenfold::cli
