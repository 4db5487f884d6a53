#pragma once
// tenfold lr-find: options as the thin program reads them.

#include <string>

#include "tenfold/cli/command.h"
#include "tenfold/run/recipe.h"

namespace tenfold::cli {

struct LrFindFlags {
  bool all = false;
  bool plot = false;
  std::string report;
};

template <class Visitor>
void fields(Visitor&& visit, LrFindFlags& o) {
  visit("all", o.all,
        "train every layer group in the sweep; else pretrained groups are frozen and only the head learns");
  visit("plot", o.plot, "draw the curve as text also where the output is no terminal, a file or a pipe");
  visit("report", o.report, "HTML file with the curve and its suggestions; empty writes none");
}

struct LrFindRequest {
  LrFindFlags own;
  Recipe recipe;
};
LrFindRequest lr_find_request(const Arguments& arguments);

}  // namespace tenfold::cli
