#include "tenfold/cli/commands/inspect.h"

#include <algorithm>
#include <filesystem>

#include "tenfold/cli/commands.h"
#include "tenfold/cli/recipe_flags.h"

namespace tenfold::cli {
namespace {

bool touches(const Arguments& arguments, const std::string& section) {
  return std::any_of(arguments.settings.begin(), arguments.settings.end(),
                     [&](const Setting& setting) { return setting.section == section; });
}

bool is_csv(const std::filesystem::path& path) { return path.extension() == ".csv" || path.extension() == ".tsv"; }

}  // namespace

InspectRequest inspect_request(const Arguments& arguments) {
  const Recipe recipe = recipe_of(std::nullopt, arguments);
  InspectRequest request{.own = own_options<InspectOptions>(arguments),
                         .data = recipe.data,
                         .table = recipe.table,
                         .seed = recipe.training.seed};
  const bool images = touches(arguments, "data"), table = touches(arguments, "table");
  if (arguments.positionals.empty()) {
    if (request.table.path.empty())
      throw UsageError("no data: name a folder of images or a CSV file, or a table with --table FILE");
    if (images) throw UsageError("--data.… is for images, and --table names a table; leave one out");
    request.of = InspectRequest::Of::table;
    return request;
  }
  const std::filesystem::path path = arguments.positionals[0];
  if (!request.table.path.empty()) throw UsageError("PATH and --table name two things to look at; leave one out");
  if (images && table)
    throw UsageError("--data.… is for images, --target and --table.… for tables; leave one kind out");
  if (!is_csv(path) && !table) {
    request.data.path = path.string();
    return request;
  }
  request.of = table ? InspectRequest::Of::table : images ? InspectRequest::Of::images : InspectRequest::Of::by_content;
  request.table.path = request.data.csv = path.string();
  request.data.path = path.has_parent_path() ? path.parent_path().string() : ".";
  return request;
}

Command inspect_command() {
  Command command{
      .name = "inspect",
      .summary =
          "what is in a folder of images or a table: sizes, kinds, imbalance, what is broken, leaks, and what to "
          "run on it",
      .help =
          R"(Reads everything and lists all that is wrong at once, where training would stop at the first. Exit code 3 where anything
is broken.

Images: understands train/CLASS and valid/CLASS folders, CLASS folders alone, a table of file names and labels, and idx files
(MNIST family). Equal files in two splits are a leak: the measured accuracy would flatter.

  tenfold inspect dogs-cats
  tenfold inspect planet/labels.csv --data.label_delimiter ' '
  tenfold inspect dogs-cats --json - | jq '.broken[].path'

Tables: says of every column what it is taken for and why, how much is missing, how many values differ; how the target is
distributed; where a split by lot would flatter (rows ordered in time, groups that repeat, rows that are nearly the same,
columns that give the target away); and the split to take. A .csv is a list of images where its first column names files that
are there, else a table.

  tenfold inspect --table train.csv --target Sales
  tenfold inspect train.csv --json - | jq '.columns[] | select(.missing > 0).name')",
      .positionals = {{.name = "PATH",
                       .help = "folder of images; or a .csv, whose first column names images beside it, or which is a "
                               "table",
                       .count = Positional::Count::optional}},
      .flags = flags_of(describe(InspectOptions{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        inspect_request(arguments);
        return std::nullopt;
      }};
  for (auto& flag : recipe_flags({"data", "table"}))
    if (flag.field.path != "data.path" && flag.field.path != "data.csv") command.flags.push_back(std::move(flag));
  return command;
}

}  // namespace tenfold::cli
