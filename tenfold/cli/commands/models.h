#pragma once
// tenfold models pull: options as the thin program reads them.

#include <string>

#include "tenfold/cli/command.h"

namespace tenfold::cli {

struct PullFlags {
  std::string all_of;
};

template <class Visitor>
void fields(Visitor&& visit, PullFlags& o) {
  visit("all_of", o.all_of,
        "every network of a family (resnet, vgg, …; the table of --json names each one's) whose weights are published");
}

/// Throws UsageError where neither networks nor a family are named.
PullFlags pull_request(const Arguments& arguments);

}  // namespace tenfold::cli
