#pragma once
// tenfold explain-task [DATA]: which activation and loss a target gets, and why the others are wrong.

#include <optional>
#include <string>

#include "tenfold/cli/command.h"
#include "tenfold/nn/task.h"
#include "tenfold/vision/options.h"

namespace tenfold::cli {

struct ExplainTaskRequest {
  std::optional<vision::DataOptions> data;  ///< where DATA is given; its task is what is asked for
  std::optional<nn::TaskKind> asked;        ///< by --task; nothing for auto
};
/// Throws ConfigError for a task that is none, UsageError.
ExplainTaskRequest explain_task_request(const Arguments& arguments);

/// One row of the task table, set to `width`.
std::string explained(nn::TaskKind kind, int width);
Json json_of(const nn::TaskRow& row);

}  // namespace tenfold::cli
