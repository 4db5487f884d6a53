#pragma once
// The table of commands. A new command is one file in cli/commands/, one line here and one in commands.cpp; where it
// computes with tensors, one file in cli/core/ and one line in cli/core/main.cpp as well.

#include <vector>

#include "tenfold/cli/command.h"

namespace tenfold::cli {

/// In the order of the help. Each row has --json.
const std::vector<Command>& commands();

Command inspect_command();
Command lr_find_command();
Command train_command();
Command evaluate_command();
Command predict_command();
Command generate_command();
Command recommend_command();
Command explain_command();
Command rank_backbones_command();
Command explain_task_command();
Command models_list_command();
Command models_pull_command();
Command models_verify_command();
Command runs_list_command();
Command runs_compare_command();
Command doctor_command();
Command completion_command();
Command docs_command();

}  // namespace tenfold::cli
