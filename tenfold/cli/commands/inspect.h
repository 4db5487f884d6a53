#pragma once
// tenfold inspect PATH: options as the thin program reads them.

#include "tenfold/cli/command.h"
#include "tenfold/vision/options.h"

namespace tenfold::cli {

struct InspectOptions {
  int workers = 0;
};

template <class Visitor>
void fields(Visitor&& visit, InspectOptions& o) {
  visit("workers", o.workers, "threads that read and decode; 0 takes the cores");
}

struct InspectRequest {
  InspectOptions own;
  vision::DataOptions data;
};
/// PATH is a folder, or a table (.csv) beside its images.
InspectRequest inspect_request(const Arguments& arguments);

}  // namespace tenfold::cli
