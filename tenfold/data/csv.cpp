#include "tenfold/data/csv.h"

#include <algorithm>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/options.h"

namespace tenfold {
namespace {

char separator_of(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  for (const char candidate : {',', '\t', ';'})
    if (header.find(candidate) != std::string_view::npos) return candidate;
  return ',';
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& path) : text_(text), path_(path), separator_(separator_of(text)) {}

  /// The fields of the next record that is not an empty line; none at the end. line() is where it begins.
  std::vector<std::string> record() {
    while (at_ < text_.size() && newline()) {
    }
    begun_ = line_;
    std::vector<std::string> fields;
    if (at_ == text_.size()) return fields;
    do fields.push_back(field());
    while (at_ < text_.size() && text_[at_] == separator_ && ++at_ > 0);
    if (at_ < text_.size()) newline();
    return fields;
  }
  long line() const { return begun_; }

 private:
  bool at_newline() const {
    return text_[at_] == '\n' || (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n');
  }
  bool newline() {
    if (!at_newline()) return false;
    at_ += text_[at_] == '\r' ? 2 : 1;
    ++line_;
    return true;
  }

  std::string field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const size_t from = at_;
    while (at_ < text_.size() && text_[at_] != separator_ && !at_newline()) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  std::string quoted() {
    const long opened = line_;
    std::string value;
    for (++at_;; ++at_) {
      if (at_ == text_.size())
        throw DataError(path_, opened,
                        "a quote is opened here and never closed; close it, or double quotes inside fields");
      if (text_[at_] == '"') {
        if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
        ++at_;
      }
      if (text_[at_] == '\n') ++line_;
      value += text_[at_];
    }
    ++at_;
    if (at_ < text_.size() && text_[at_] != separator_ && !at_newline())
      throw DataError(path_, line_, "text follows a closing quote; double the quotes that belong to the field");
    return value;
  }

  std::string_view text_;
  const std::string& path_;
  char separator_;
  size_t at_ = 0;
  long line_ = 1, begun_ = 1;
};

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
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

Table parse_csv(std::string_view text, const std::string& path) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Parser parser(text, path);
  Table table{.path = path, .columns = parser.record(), .cells = {}, .lines = {}};
  if (table.columns.empty()) throw DataError(path, 0, "is empty; needs a header line and one row an item");
  for (size_t k = 1; k < table.columns.size(); ++k)
    if (std::find(table.columns.begin(), table.columns.begin() + static_cast<long>(k), table.columns[k]) !=
        table.columns.begin() + static_cast<long>(k))
      throw DataError(path, 1, "names column '" + table.columns[k] + "' twice; rename one");
  table.cells.resize(table.columns.size());
  for (auto fields = parser.record(); !fields.empty(); fields = parser.record()) {
    if (fields.size() != table.columns.size())
      throw DataError(path, parser.line(),
                      "has " + std::to_string(fields.size()) + " fields, the header " +
                          std::to_string(table.columns.size()) + "; quote fields that contain the separator");
    for (size_t column = 0; column < fields.size(); ++column) table.cells[column].push_back(std::move(fields[column]));
    table.lines.push_back(parser.line());
  }
  if (table.rows() == 0) throw DataError(path, 0, "has a header and no row; needs one row an item");
  return table;
}

Table read_csv(const std::filesystem::path& path) { return parse_csv(read_file(path), path.string()); }

}  // namespace tenfold
