// tenfold inspect.

#include "tenfold/cli/commands/inspect.h"

#include <unistd.h>

#include <iostream>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/core/inspected.h"
#include "tenfold/cli/program.h"
#include "tenfold/cli/progress.h"
#include "tenfold/train/machine.h"
#include "tenfold/vision/listing.h"

namespace tenfold::cli {
namespace {

template <class Found>
Answer answer_of(const Found& found) {
  return {.text = text_of(found), .json = to_json(found), .code = found.broken.empty() ? kDone : kBadData};
}

bool is_table(const InspectRequest& request) {
  return request.of == InspectRequest::Of::table ||
         (request.of == InspectRequest::Of::by_content && !vision::lists_images(request.data));
}

}  // namespace

Answer inspect(const Arguments& arguments) {
  const auto request = inspect_request(arguments);
  const int workers = request.own.workers > 0 ? request.own.workers : cores();
  if (is_table(request)) return answer_of(tabular::inspect_table(request.table, request.seed, workers));
  Progress progress(std::cerr, terminal(STDERR_FILENO));
  return answer_of(vision::inspect(request.data, workers,
                                   [&](int64_t done, int64_t all) { progress.update("reading files", done, all); }));
}

}  // namespace tenfold::cli
