#pragma once
// The parts of the page that are plain HTML. Each returns "" where there is nothing to show.

#include <string>
#include <vector>

#include "tenfold/report/report.h"

namespace tenfold::report {

/// Key figures.
std::string tiles(const Page& page);
std::string notes(const std::vector<std::string>& notes);
/// What each fit() trained, for how long, at which rates and shape.
std::string stage_table(const Record& record);
/// A row an epoch; the lowest validation loss is marked.
std::string epoch_table(const Record& record);
/// Pictures in a grid; `what` begins the text for those who do not see them.
std::string picture_grid(const std::vector<Picture>& pictures, const std::string& what);
/// Each item with what was said of it; where there is heat, the shaded pictures beside it.
std::string top_losses(const std::vector<TopLossRow>& rows);
/// What the colours over the top losses mean.
std::string heat_legend(const std::vector<std::string>& scale);
/// TOML with its comments, tables and keys set apart, and a button that copies it.
std::string recipe(const std::string& toml);

}  // namespace tenfold::report
