#pragma once
// Tables from CSV files, RFC 4180: quoted fields with doubled quotes and newlines inside, CRLF or LF. Torch-free.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tenfold {

struct Table {
  std::string path;                             ///< for messages
  std::vector<std::string> columns;             ///< the header
  std::vector<std::vector<std::string>> cells;  ///< [column][row]
  std::vector<long> lines;                      ///< [row]: the line of the file where it begins, from 1

  size_t rows() const { return lines.size(); }
  /// Number of a column. Throws DataError naming the nearest, or all where none is near.
  size_t column(const std::string& name) const;
};

/// The first line is the header; empty lines are passed over; a byte order mark is dropped. Fields are separated by
/// what the header has of comma, tab and semicolon, in this order. Throws DataError with the line for an open quote,
/// text after a closing quote, a wrong number of fields, a column named twice, or no row at all. `path` is for
/// messages.
Table parse_csv(std::string_view text, const std::string& path);
/// Throws FileError where the file cannot be read.
Table read_csv(const std::filesystem::path& path);

}  // namespace tenfold
