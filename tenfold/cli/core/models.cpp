// tenfold models list and verify.

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/program.h"
#include "tenfold/cli/terminal.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/learner.h"

namespace tenfold::cli {
namespace {

/// The published weights of a network where they are at hand.
std::optional<std::string> weights_of(const vision::BackboneRow& row) {
  if (row.file.empty()) return std::nullopt;
  try {
    return vision::resolve_weights({.backbone = row.name, .weights = "pretrained"}, row);
  } catch (const ConfigError&) {
    return std::nullopt;
  }
}

/// Throws WeightsError where the file does not fit the network with its published classifier.
void verify(const vision::BackboneRow& row, const std::string& path) {
  auto file = nn::read_tensors(path);
  file.tensors = row.named(std::move(file.tensors));
  nn::load_into(*row.make_classifier(), file, path);
}

}  // namespace

Answer list_models(const Arguments&) {
  std::vector<std::vector<std::string>> rows{{"name", "parameters", "top-1", "size", "licence", "weights", ""}};
  Json json = Json::array();
  for (const auto& row : vision::backbones()) {
    const auto weights = weights_of(row);
    rows.push_back({row.name, number(row.million_parameters, 3) + " M", row.top1 > 0 ? number(row.top1, 3) + " %" : "-",
                    std::to_string(row.size), row.licence.empty() ? "-" : row.licence,
                    weights            ? "here"
                    : row.file.empty() ? "none published"
                                       : "not here",
                    row.summary});
    json.push_back({{"name", row.name},
                    {"family", row.family},
                    {"summary", row.summary},
                    {"million_parameters", row.million_parameters},
                    {"top1", row.top1},
                    {"size", row.size},
                    {"min_size", row.min_size},
                    {"licence", row.licence},
                    {"source", row.source},
                    {"file", row.file},
                    {"weights", weights ? Json(*weights) : Json(nullptr)}});
  }
  return {.text = table(rows, terminal(STDOUT_FILENO)), .json = {{"models", json}}};
}

Answer verify_models(const Arguments& arguments) {
  std::vector<const vision::BackboneRow*> wanted;
  for (const auto& name : arguments.positionals) wanted.push_back(&vision::backbone(name));
  if (wanted.empty())
    for (const auto& row : vision::backbones())
      if (weights_of(row)) wanted.push_back(&row);
  std::vector<std::vector<std::string>> rows{{"name", "result", "file"}};
  Json json = Json::array();
  int code = kDone;
  for (const auto* row : wanted) {
    std::string path, problem;
    try {
      path = vision::resolve_weights({.backbone = row->name, .weights = "pretrained"}, *row);
      verify(*row, path);
    } catch (const Error& error) {
      problem = error.what();
      code = kBadData;
    }
    rows.push_back({row->name, problem.empty() ? "whole, and fits" : problem, path});
    json.push_back({{"name", row->name}, {"file", path}, {"problem", problem.empty() ? Json(nullptr) : Json(problem)}});
  }
  const std::string none = "no published weights are at hand; `tenfold doctor` says where they are looked for\n";
  return {
      .text = wanted.empty() ? none : table(rows, terminal(STDOUT_FILENO)), .json = {{"models", json}}, .code = code};
}

}  // namespace tenfold::cli
