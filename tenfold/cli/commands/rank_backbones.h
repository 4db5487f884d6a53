#pragma once
// tenfold rank-backbones DATA: options as the thin program reads them.

#include <string>

#include "tenfold/cli/command.h"
#include "tenfold/run/rank_options.h"
#include "tenfold/run/recipe.h"

namespace tenfold::cli {

struct RankFlags {
  RankOptions rank{};
  std::string report;
};

template <class Visitor>
void fields(Visitor&& visit, RankFlags& o) {
  fields(visit, o.rank);
  visit("report", o.report, "HTML page to write: the table, and a plot of the metric against time; empty writes none");
}

struct RankRequest {
  RankFlags own;
  Recipe recipe;     ///< data and training of it
  std::string data;  ///< DATA as given
};
/// DATA is a folder, or a table (.csv) beside its images.
RankRequest rank_request(const Arguments& arguments);

}  // namespace tenfold::cli
