#pragma once
// All that is wrong with a CSV file at once, where reading stops at the first fault: for `tenfold inspect`. Torch-free.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/data/csv_reader.h"

namespace tenfold {

/// Faults in the order of the file, at most `most`: one a row, until what cannot be read on from (an open quote, a
/// header that is wrong). Slow: it reads row by row. Throws FileError where the file cannot be read.
std::vector<DataError> csv_faults(const std::filesystem::path& path, CsvOptions options = {}, size_t most = 1000);

}  // namespace tenfold
