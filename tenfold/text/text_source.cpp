#include "tenfold/text/text_source.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/data/csv.h"

namespace tenfold::text {
namespace {

namespace fs = std::filesystem;

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

size_t bytes_in(const std::vector<std::string>& cells) {
  size_t bytes = 0;
  for (const auto& cell : cells) bytes += cell.size();
  return bytes;
}

std::string text_column(const Table& table) {
  if (has(table.columns, "text")) return "text";
  size_t longest = 0;
  for (size_t k = 1; k < table.columns.size(); ++k)
    if (bytes_in(table.cells[k]) > bytes_in(table.cells[longest])) longest = k;
  return table.columns[longest];
}

std::vector<std::string> label_column(const Table& table, const std::vector<std::string>& text) {
  if (has(table.columns, "label") && !has(text, "label")) return {"label"};
  for (auto name = table.columns.rbegin(); name != table.columns.rend(); ++name)
    if (!has(text, *name)) return {*name};
  return {};
}

/// The cells of several columns as one text.
std::string joined(const Table& table, const std::vector<size_t>& columns, size_t row, Units units) {
  if (columns.size() == 1) return table.cells[columns[0]][row];
  std::string text;
  for (size_t k = 0; k < columns.size(); ++k) {
    if (units == Units::words)
      text += (k > 0 ? " xxfld " : "xxfld ") + std::to_string(k + 1) + " ";
    else if (k > 0)
      text += '\n';
    text += table.cells[columns[k]][row];
  }
  return text;
}

std::vector<fs::path> sorted(const fs::path& folder, bool (*wanted)(const fs::directory_entry&)) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (wanted(entry)) found.push_back(entry.path());
  if (error) throw file_error(folder, "read", error.value());
  std::sort(found.begin(), found.end());
  return found;
}

bool is_folder(const fs::directory_entry& entry) { return entry.is_directory(); }
bool is_text(const fs::directory_entry& entry) { return entry.is_regular_file() && entry.path().extension() == ".txt"; }

void add_files(TextRows& rows, const fs::path& folder, const fs::path& root, const std::string* label) {
  for (const auto& file : sorted(folder, is_text)) {
    rows.texts.push_back(read_file(file));
    rows.names.push_back(file.lexically_relative(root).string());
    rows.lines.push_back(0);
    if (label) rows.labels.at(0).push_back(*label);
  }
  for (const auto& below : sorted(folder, is_folder)) add_files(rows, below, root, label);
}

}  // namespace

TextRows rows_of_csv(const std::string& path, const DataOptions& options, TextColumns& columns) {
  Table table = read_csv(path);
  const bool first = columns.text.empty();
  if (first) {
    columns.text = options.text_col.empty() ? std::vector{text_column(table)} : options.text_col;
    columns.label = options.label_col.empty() ? label_column(table, columns.text) : options.label_col;
  }
  std::vector<size_t> texts;
  for (const auto& name : columns.text) texts.push_back(table.column(name));
  TextRows rows{.path = path, .texts = {}, .names = {}, .lines = std::move(table.lines)};
  const bool labelled = first || std::all_of(columns.label.begin(), columns.label.end(),
                                             [&](const std::string& name) { return has(table.columns, name); });
  if (labelled)
    for (const auto& name : columns.label) {
      rows.label_names.push_back(name);
      rows.labels.push_back(table.cells[table.column(name)]);
    }
  for (size_t row = 0; row < rows.lines.size(); ++row) {
    rows.texts.push_back(joined(table, texts, row, options.tokenizer));
    rows.names.push_back(std::to_string(row + 1));
  }
  return rows;
}

TextRows rows_of_folder(const std::string& path) {
  TextRows rows{.path = path};
  const auto classes = sorted(path, is_folder);
  if (!classes.empty()) {
    rows.label_names = {"folder"};
    rows.labels.resize(1);
  }
  for (const auto& folder : classes) {
    const std::string label = folder.filename().string();
    if (label != "unsup") add_files(rows, folder, path, &label);  // IMDb's texts without label
  }
  if (classes.empty()) add_files(rows, path, path, nullptr);
  if (rows.texts.empty())
    throw DataError(path, 0, "holds no .txt file; needs a folder a class with a text a file, or name a CSV");
  return rows;
}

}  // namespace tenfold::text
