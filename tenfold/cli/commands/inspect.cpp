#include "tenfold/cli/commands/inspect.h"

#include <algorithm>
#include <filesystem>

#include "tenfold/cli/commands.h"
#include "tenfold/cli/recipe_flags.h"

namespace tenfold::cli {

InspectRequest inspect_request(const Arguments& arguments) {
  InspectRequest request{.own = own_options<InspectOptions>(arguments),
                         .data = recipe_of(std::nullopt, arguments).data};
  const std::filesystem::path path = arguments.positionals.at(0);
  if (path.extension() == ".csv") {
    request.data.csv = path.string();
    request.data.path = path.has_parent_path() ? path.parent_path().string() : ".";
  } else {
    request.data.path = path.string();
  }
  return request;
}

Command inspect_command() {
  Command command{
      .name = "inspect",
      .summary = "what is in a folder of images: sizes, classes, imbalance, broken files, leaks, and what to run on it",
      .help =
          R"(Reads every file and lists all that is wrong at once, where training would stop at the first. Understands
train/CLASS and valid/CLASS folders, CLASS folders alone, a table of file names and labels, and idx files (MNIST family).

  tenfold inspect dogs-cats
  tenfold inspect planet/labels.csv --data.label_delimiter ' '
  tenfold inspect dogs-cats --json - | jq '.broken[].path'

Equal files in two splits are a leak: the measured accuracy would flatter. Exit code 3 where anything is broken.)",
      .positionals = {{.name = "PATH", .help = "folder of images, or a .csv whose first column names files beside it"}},
      .flags = flags_of(describe(InspectOptions{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        inspect_request(arguments);
        return std::nullopt;
      }};
  for (auto& flag : recipe_flags({"data"}))
    if (flag.field.path != "data.path" && flag.field.path != "data.csv") command.flags.push_back(std::move(flag));
  return command;
}

}  // namespace tenfold::cli
