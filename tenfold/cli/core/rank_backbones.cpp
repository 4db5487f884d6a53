// tenfold rank-backbones.

#include "tenfold/cli/commands/rank_backbones.h"

#include <unistd.h>

#include <iostream>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/progress.h"
#include "tenfold/report/report.h"
#include "tenfold/run/rank.h"

namespace tenfold::cli {
namespace {

std::string with_error(const report::RankedNetwork& row) {
  return number(row.value) + (row.error > 0 ? " ± " + number(row.error, 2) : "");
}

std::string table_of(const report::Ranking& ranking) {
  std::vector<std::vector<std::string>> rows{
      {"network", ranking.metric, "images/s", "seconds", "million parameters", "pixels"}};
  for (const auto& row : ranking.rows)
    rows.push_back({row.name, with_error(row), number(row.images_per_second, 3), number(row.seconds, 3),
                    number(row.million_parameters, 3), std::to_string(row.size)});
  return table(rows, terminal(STDOUT_FILENO));
}

/// The command that trains the best one.
std::string suggestion(const RankRequest& request, const report::RankedNetwork& best) {
  const bool table = !request.recipe.data.csv.empty();
  return "tenfold train --images " + request.recipe.data.path + (table ? " --csv " + request.recipe.data.csv : "") +
         " --backbone " + best.name + " --weights pretrained --size " + std::to_string(best.size);
}

}  // namespace

Answer rank_networks(const Arguments& arguments) {
  const auto request = rank_request(arguments);
  Progress progress(std::cerr, terminal(STDERR_FILENO));
  const RankWatch watch{
      .items = [&](const std::string& what, int64_t done, int64_t all) { progress.update(what, done, all); },
      .row = [&](const report::RankedNetwork& row) { progress.say(row.name + "  " + with_error(row)); },
      .message = [&](const std::string& text) { progress.say(text); }};
  const auto found = rank_backbones(request.recipe.data, request.recipe.training, request.own.rank, watch);
  const auto& ranking = found.ranking;

  Json json = to_json(found);
  std::string text = table_of(ranking);
  text += std::to_string(found.items) + " images, " +
          (found.folds > 0 ? std::to_string(found.folds) + " folds" : "measured on the data's own validation set") +
          "\n";
  for (const auto& [name, why] : ranking.left_out) text += "left out: " + name + ", " + why + "\n";
  if (!ranking.rows.empty()) {
    json["suggestion"] = suggestion(request, ranking.rows.front());
    text += "\nnext\n  " + suggestion(request, ranking.rows.front()) + "\n";
  }
  if (!request.own.report.empty()) {
    report::Page page{.title = "Networks for " + request.data};
    if (!ranking.rows.empty())
      page.summary = {{"best", ranking.rows.front().name}, {ranking.metric, number(ranking.rows.front().value)}};
    page.ranking = ranking;
    report::write(request.own.report, page);
    text += "report  " + request.own.report + "\n";
  }
  return {.text = text, .json = json};
}

}  // namespace tenfold::cli
