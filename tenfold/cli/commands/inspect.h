#pragma once
// tenfold inspect: options as the thin program reads them.

#include <cstdint>

#include "tenfold/cli/command.h"
#include "tenfold/tabular/options.h"
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
  /// by_content: a CSV file, which is a list of images where its first column names files that are there, else a table.
  enum class Of { images, table, by_content };
  Of of = Of::images;
  InspectOptions own{};
  vision::DataOptions data{};
  tabular::DataOptions table{};
  uint64_t seed = 0;  ///< of the split, as a run without further options takes it
};
/// PATH is a folder of images, or a CSV file; --table names a table whatever its columns hold, and options of either
/// kind say which it is. Throws UsageError where both or neither is given.
InspectRequest inspect_request(const Arguments& arguments);

}  // namespace tenfold::cli
