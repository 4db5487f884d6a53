#include "tenfold/cli/commands/explain_task.h"

#include <unistd.h>

#include <filesystem>

#include "tenfold/cli/commands.h"
#include "tenfold/cli/recipe_flags.h"
#include "tenfold/cli/terminal.h"

namespace tenfold::cli {
namespace {

constexpr int kIndent = 2;

std::string metrics_of(const nn::TaskRow& row) {
  std::string text;
  for (const auto metric : row.metrics) text += (text.empty() ? "" : ", ") + std::string(metric);
  return text;
}

}  // namespace

std::string explained(nn::TaskKind kind, int width) {
  const auto& row = nn::row(kind);
  std::string text = name_of(kind) + "\n";
  const auto line = [&](const std::string& what, std::string_view is) {
    text += wrap(what + ": " + std::string(is), width, kIndent);
  };
  line("target", row.target);
  line("activation", row.activation);
  line("loss", row.loss);
  line("prediction", row.decoding);
  line("metrics", metrics_of(row));
  line("why", row.why);
  for (const auto& [choice, why] : row.wrong) line("not " + std::string(choice), why);
  return text;
}

Json json_of(const nn::TaskRow& row) {
  Json wrong = Json::array();
  for (const auto& [choice, why] : row.wrong) wrong.push_back({{"choice", choice}, {"why", why}});
  return {{"task", name_of(row.kind)},
          {"target", row.target},
          {"activation", row.activation},
          {"loss", row.loss},
          {"decoding", row.decoding},
          {"metrics", row.metrics},
          {"why", row.why},
          {"wrong", wrong}};
}

ExplainTaskRequest explain_task_request(const Arguments& arguments) {
  vision::DataOptions data = recipe_of(std::nullopt, arguments).data;
  ExplainTaskRequest request;
  if (data.task != "auto") request.asked = nn::task_named(data.task, "data.task");
  if (arguments.positionals.empty()) return request;
  const std::filesystem::path path = arguments.positionals.front();
  if (path.extension() == ".csv") {
    data.csv = path.string();
    data.path = path.has_parent_path() ? path.parent_path().string() : ".";
  } else {
    data.path = path.string();
  }
  request.data = data;
  return request;
}

Command explain_task_command() {
  Command command{
      .name = "explain-task",
      .summary = "which activation and loss a target gets, and why the others are wrong",
      .help =
          R"(Activation, loss, metrics and the reading of predictions are chosen together, by what the targets are, so that a
softmax never meets several labels. Looks at the labels of DATA and says what they get; without DATA, explains the task
that --task names, or all of them.

  tenfold explain-task planet/labels.csv
  tenfold explain-task --task multi_label
  tenfold explain-task dogs-cats --task multi_label

Where --task asks for another task than the labels fit, it says what would go wrong.)",
      .positionals = {{.name = "DATA",
                       .help = "folder of images, or a .csv whose first column names files beside it",
                       .count = Positional::Count::optional}},
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        const auto request = explain_task_request(arguments);
        if (request.data) return std::nullopt;
        const int width = terminal(STDOUT_FILENO).width;
        Answer answer{.text = {}, .json = {{"tasks", Json::array()}}};
        for (const auto& [kind, name] : nn::names(nn::TaskKind{})) {
          if (request.asked.value_or(kind) != kind) continue;
          answer.text += (answer.text.empty() ? "" : "\n") + explained(kind, width);
          answer.json["tasks"].push_back(json_of(nn::row(kind)));
        }
        return answer;
      }};
  for (auto& flag : recipe_flags({"data"}))
    for (const char* used : {"data.task", "data.file_column", "data.label_columns", "data.label_delimiter"})
      if (flag.field.path == used) command.flags.push_back(flag);
  return command;
}

}  // namespace tenfold::cli
