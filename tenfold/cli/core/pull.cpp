// tenfold models pull.

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "tenfold/cli/commands/models.h"
#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/interrupt.h"
#include "tenfold/cli/program.h"
#include "tenfold/cli/progress.h"
#include "tenfold/net/download.h"
#include "tenfold/vision/backbone.h"
#include "tenfold/vision/learner.h"
#include "tenfold/vision/published.h"

namespace tenfold::cli {
namespace {

constexpr int64_t kMegabyte = 1000000;
using Outcome = net::Downloaded::Outcome;

std::vector<const vision::BackboneRow*> of_family(const std::string& family) {
  std::vector<const vision::BackboneRow*> rows;
  std::vector<std::string> known;
  for (const auto& row : vision::backbones()) {
    if (row.file.empty()) continue;
    if (row.family == family) rows.push_back(&row);
    if (known.empty() || known.back() != row.family) known.push_back(row.family);
  }
  if (!rows.empty()) return rows;
  std::string list;
  for (const auto& each : known) list += (list.empty() ? "" : ", ") + each;
  const std::string near = nearest(family, known);
  throw ConfigError("--all-of", "'" + family + "' is no family with published weights" +
                                    (near.empty() ? "" : "; nearest is '" + near + "'") + ". There are: " + list);
}

std::vector<const vision::BackboneRow*> asked_for(const Arguments& arguments) {
  const auto request = pull_request(arguments);
  std::vector<const vision::BackboneRow*> rows;
  for (const auto& name : arguments.positionals) rows.push_back(&vision::backbone(name));
  if (!request.all_of.empty())
    for (const auto* row : of_family(request.all_of)) rows.push_back(row);
  return rows;
}

/// Throws ConfigError where there is nothing to download.
net::Download download_of(const vision::BackboneRow& row) {
  if (row.file.empty())
    throw ConfigError(row.name, "has no published weights; train it from scratch (--weights none), or take another");
  const char* mirror = std::getenv("TENFOLD_MODELS_URL");
  const auto [url, sha256] = vision::published(row, mirror ? mirror : "");
  const auto file = vision::model_folder() / row.file;
  if (url.empty())
    throw ConfigError(row.name, "its publisher has no file of its own on the web; take " + row.file +
                                    " out of: " + row.source + ", and put it at " + file.string());
  return {.url = url, .file = file, .sha256 = sha256};
}

std::string sum_of(const net::Downloaded& result) {
  return result.sha256.substr(0, 8) + (result.checked ? "…, as published" : "…, none published");
}

}  // namespace

Answer pull_models(const Arguments& arguments) {
  std::vector<std::pair<const vision::BackboneRow*, net::Download>> wanted;
  for (const auto* row : asked_for(arguments)) wanted.emplace_back(row, download_of(*row));
  const Interrupt interrupt("\nstopping; what has come stays, and running again goes on from there\n");
  Progress progress(std::cerr, terminal(STDERR_FILENO));
  std::vector<std::vector<std::string>> rows{{"name", "result", "size", "SHA-256", "file"}};
  Json json = Json::array();
  for (const auto& [row, download] : wanted) {
    progress.say(row->name + " (" + row->licence + ") from " + download.url);
    const auto result = net::fetch(download, {.progress =
                                                  [&, name = row->name](int64_t done, int64_t all) {
                                                    progress.update(name + ", MB", done / kMegabyte, all / kMegabyte);
                                                  },
                                              .message = [&](const std::string& line) { progress.say(line); },
                                              .interrupted = [&] { return interrupt.asked(); }});
    if (result.outcome == Outcome::interrupted)
      return {.text = table(rows, terminal(STDOUT_FILENO)), .json = {{"models", json}}, .code = kInterrupted};
    const std::string outcome = result.outcome == Outcome::fetched ? "downloaded" : "there already";
    rows.push_back({row->name, outcome, net::megabytes(result.bytes), sum_of(result), download.file.string()});
    json.push_back({{"name", row->name},
                    {"result", outcome},
                    {"bytes", result.bytes},
                    {"sha256", result.sha256},
                    {"checked", result.checked},
                    {"file", download.file.string()}});
  }
  return {.text = table(rows, terminal(STDOUT_FILENO)), .json = {{"models", json}}};
}

}  // namespace tenfold::cli
