#include "tenfold/data/csv.h"

#include <algorithm>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/data/csv_reader.h"

namespace tenfold {
namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

Table read_all(CsvReader reader) {
  Table table{.path = reader.name(), .columns = reader.columns(), .cells = {}, .lines = {}};
  table.cells.resize(table.columns.size());
  for (CsvBlock block; reader.next(block);)
    for (size_t row = 0; row < block.rows(); ++row) {
      for (size_t column = 0; column < block.columns(); ++column)
        table.cells[column].emplace_back(block.at(row, column));
      table.lines.push_back(block.line(row));
    }
  if (table.rows() == 0) throw DataError(table.path, 0, "has a header and no row; needs one row an item");
  return table;
}

}  // namespace

size_t Table::column(const std::string& name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found != columns.end()) return static_cast<size_t>(found - columns.begin());
  const std::string near = nearest(name, columns);
  throw DataError(path, 1,
                  "has no column '" + name + "'; " +
                      (near.empty() ? "its columns are " + listed(columns) : "nearest is '" + near + "'"));
}

Table parse_csv(std::string_view text, const std::string& path) { return read_all(CsvReader(text, path)); }

Table read_csv(const std::filesystem::path& path) { return read_all(CsvReader(path)); }

}  // namespace tenfold
