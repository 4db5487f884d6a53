#pragma once
// The run that suits a table, by what looking for leaks found: which columns to leave out, how to split.

#include <cstdint>
#include <string>
#include <vector>

#include "tenfold/tabular/leaks.h"
#include "tenfold/tabular/options.h"

namespace tenfold::tabular {

struct TableAdvice {
  DataOptions options;                 ///< as given, with what is advised
  std::string split;                   ///< in words: "time: rows with Date from 2015-06-19 on validate"
  std::vector<std::string> remarks{};  ///< what fitting to the training rows has to tell
  std::string command;                 ///< "tenfold train --table train.csv --target Sales --table.split time …"
};

/// Columns that give the target away, and those that the test table lacks, are left out. A split that the options
/// choose stays; else it goes by the date, where the rows follow each other in time or there is one date alone; else by
/// the group with the likest targets, where groups are small, so that new ones will come; else by lot. Advises nothing
/// that the table refuses: what cannot be split or fitted so is given up. Throws Error where even the options as given
/// cannot.
TableAdvice advise(const Frame& frame, const std::vector<Leak>& leaks, const DataOptions& options, uint64_t seed);

}  // namespace tenfold::tabular
