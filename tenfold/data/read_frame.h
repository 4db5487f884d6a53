#pragma once
// CSV files as frames, on several threads. What a column is, its values say: the narrowest kind that all of them have,
// whichever row breaks the first guess. The frame depends on the file and on the options alone, never on the threads.
// Torch-free.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/data/csv_reader.h"
#include "tenfold/data/dates.h"
#include "tenfold/data/frame.h"
#include "tenfold/data/parse_value.h"

namespace tenfold {

/// Kinds that values are read as: boolean (true, false), integer, real, time (2013-01-31, 31/1/2013, with a time of day
/// or without), otherwise category or text. Numbers with leading zeros, hexadecimal digits, or more digits than 64 bits
/// hold are names and stay as they are written. An empty column is real.
struct ReadOptions {
  CsvOptions csv{};
  std::vector<std::string> nulls = {"",    "NA",  "N/A",  "n/a",  "#N/A", "<NA>",
                                    "NaN", "nan", "-nan", "NULL", "null", "None"};  ///< texts that mean missing
  NumberForm numbers{};
  std::optional<DateFormat> dates{};          ///< of days and months with slashes; nothing: what all values allow,
                                              ///< month first where that is both
  std::map<std::string, ColumnKind> kinds{};  ///< of columns that are known; a value that does not fit is an error
  bool single = false;                        ///< reals as float: half the memory
  bool sorted_levels = false;                 ///< levels by their bytes; otherwise in the order of the rows
  size_t longest_level = 64;                  ///< names longer than this on average are texts, not categories
  size_t most_levels = 1'000'000;             ///< columns with more different names are texts, and those of more than
                                              ///< 1000 of which more than half differ
  int threads = 0;                            ///< 0: one a core
};

/// Something that a user should know about a column that was read: two kinds of values, dates that may be either.
struct ReadNote {
  std::string column;
  long line = 0;  ///< of the file, from 1; 0 where no line matters
  std::string text;
};

/// Throws FileError, and DataError as CsvReader does, for a file without rows, and for values that are not of the kind
/// that options.kinds says. `notes` gets what is not an error.
Frame read_frame(const std::filesystem::path& path, const ReadOptions& options = {},
                 std::vector<ReadNote>* notes = nullptr);
/// Of text in memory; `name` is for messages.
Frame parse_frame(std::string_view text, const std::string& name, const ReadOptions& options = {},
                  std::vector<ReadNote>* notes = nullptr);

}  // namespace tenfold
