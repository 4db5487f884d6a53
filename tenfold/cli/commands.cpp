#include "tenfold/cli/commands.h"

#include <algorithm>

namespace tenfold::cli {
namespace {

const Flag& json_flag() {
  static const Flag flag{
      .field = {.path = "json",
                .type = "file",
                .help = "write the result as JSON; - is standard output, and then nothing else goes there",
                .value = ""},
      .names = {"json"},
      .section = ""};
  return flag;
}

/// Behind the command's own options, before the recipe's.
Command with_json(Command command) {
  const auto place =
      std::find_if(command.flags.begin(), command.flags.end(), [](const Flag& f) { return !f.section.empty(); });
  command.flags.insert(place, json_flag());
  return command;
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = [] {
    std::vector<Command> rows;
    for (const auto& row : {inspect_command, lr_find_command, train_command, evaluate_command, predict_command,
                            generate_command, recommend_command, explain_command, explain_task_command,
                            rank_backbones_command, models_list_command, models_pull_command, models_verify_command,
                            runs_list_command, runs_compare_command, doctor_command, completion_command, docs_command})
      rows.push_back(with_json(row()));
    return rows;
  }();
  return table;
}

}  // namespace tenfold::cli
