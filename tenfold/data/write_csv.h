#pragma once
// Frames as CSV files. Torch-free.

#include <filesystem>
#include <string>
#include <string_view>

#include "tenfold/data/frame.h"

namespace tenfold {

struct CsvWriteOptions {
  char separator = ',';
  std::string null = "";  ///< what missing values are written as
};

/// A header and a line a row, whole or not at all. Fields with a separator, a quote or a newline are quoted; reals have
/// the fewest digits that read back as the same number; times are ISO 8601. Throws FileError.
void write_csv(const Frame& frame, const std::filesystem::path& path, const CsvWriteOptions& options = {});
/// One field as these write it: quoted where it has to be.
std::string csv_field(std::string text, char separator = ',');
/// The same behind `out`.
void append_csv_field(std::string& out, std::string_view text, char separator = ',');
std::string to_csv(const Frame& frame, const CsvWriteOptions& options = {});

}  // namespace tenfold
