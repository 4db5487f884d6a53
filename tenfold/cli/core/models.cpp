// tenfold models list and verify.

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/program.h"
#include "tenfold/cli/terminal.h"
#include "tenfold/core/hash.h"
#include "tenfold/net/download.h"
#include "tenfold/nn/tensor_file.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/learner.h"
#include "tenfold/vision/published.h"

namespace tenfold::cli {
namespace {

/// The published weights of a network where they are at hand.
std::optional<std::string> weights_of(const vision::BackboneRow& row) {
  const auto path = vision::model_folder() / row.file;
  std::error_code none;
  if (row.file.empty() || !std::filesystem::is_regular_file(path, none)) return std::nullopt;
  return path.string();
}

/// "here, 18.8 MB", or how they would come.
std::string where(const vision::BackboneRow& row, const std::optional<std::string>& weights) {
  std::error_code none;
  if (weights) return "here, " + net::megabytes(static_cast<int64_t>(std::filesystem::file_size(*weights, none)));
  if (row.file.empty()) return "none published";
  return vision::published(row).url.empty() ? "to place by hand" : "to pull";
}

/// All that is wrong with a file of published weights.
std::vector<std::string> problems_of(const vision::BackboneRow& row, const std::string& path) {
  std::vector<std::string> problems;
  try {
    const std::string sum = sha256_of_file(path), wanted = vision::published(row).sha256;
    if (!sum.starts_with(wanted))
      problems.push_back("SHA-256 is " + sum.substr(0, std::max<size_t>(wanted.size(), 8)) + "…, the published one " +
                         wanted + "; remove the file and run `tenfold models pull " + row.name + "`");
    auto file = nn::read_tensors(path);
    file.tensors = row.named(std::move(file.tensors));
    for (const auto& name : nn::load_into(*row.make_classifier(), file, path).unexpected)
      problems.push_back(name + ": is no tensor of " + row.name);
  } catch (const Error& error) {
    problems.emplace_back(error.what());
  }
  return problems;
}

}  // namespace

Answer list_models(const Arguments&) {
  std::vector<std::vector<std::string>> rows{{"name", "parameters", "top-1", "size", "licence", "weights", ""}};
  Json json = Json::array();
  for (const auto& row : vision::backbones()) {
    const auto weights = weights_of(row);
    const auto published = vision::published(row);
    rows.push_back({row.name, number(row.million_parameters, 3) + " M", row.top1 > 0 ? number(row.top1, 3) + " %" : "-",
                    std::to_string(row.size) + " px", row.licence.empty() ? "-" : row.licence, where(row, weights),
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
                    {"url", published.url},
                    {"sha256", published.sha256},
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
  std::vector<std::vector<std::string>> rows{{"name", "file", "result"}};
  Json json = Json::array();
  int code = kDone;
  for (const auto* row : wanted) {
    std::string path = row->file;
    std::vector<std::string> problems;
    try {
      path = vision::resolve_weights({.backbone = row->name, .weights = "pretrained"}, *row);
      problems = problems_of(*row, path);
    } catch (const ConfigError& error) {
      problems = {error.what()};
    }
    if (!problems.empty()) code = kBadData;
    const std::string good = vision::published(*row).sha256.empty() ? "fits; no SHA-256 is published for it"
                                                                    : "fits, and has the published SHA-256";
    rows.push_back({row->name, path, problems.empty() ? good : problems[0]});
    for (size_t k = 1; k < problems.size(); ++k) rows.push_back({"", "", problems[k]});
    json.push_back({{"name", row->name}, {"file", path}, {"problems", problems}});
  }
  const std::string none =
      "no published weights are at hand; `tenfold models pull NAME` fetches some, `tenfold doctor` says where to\n";
  return {
      .text = wanted.empty() ? none : table(rows, terminal(STDOUT_FILENO)), .json = {{"models", json}}, .code = code};
}

}  // namespace tenfold::cli
