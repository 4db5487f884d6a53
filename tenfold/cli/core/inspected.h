#pragma once
// What inspections found, for people; --json has all of it.

#include <string>

#include "tenfold/tabular/inspect_table.h"
#include "tenfold/vision/inspect.h"

namespace tenfold::cli {

std::string text_of(const vision::Inspection& found);
std::string text_of(const tabular::TableInspection& found);

}  // namespace tenfold::cli
