// Labels from a CSV: one class a row, several in one cell, one column a label, or numbers.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/data/csv.h"
#include "tenfold/data/csv_reader.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;
using Cells = std::vector<std::string>;

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::vector<std::string> words_of(const std::string& cell, const std::string& delimiter) {
  if (delimiter.empty()) return cell.empty() ? std::vector<std::string>{} : std::vector<std::string>{cell};
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= cell.size();) {
    const size_t end = std::min(cell.find(delimiter, begin), cell.size());
    if (end > begin) words.push_back(cell.substr(begin, end - begin));
    begin = end + delimiter.size();
  }
  return words;
}

fs::path folder_of(const DataOptions& options) {
  return options.path.empty() ? fs::path(options.csv).parent_path() : fs::path(options.path);
}

/// As the cell stands, or with an ending that images have: many tables leave it out.
std::string image_named(const fs::path& folder, const std::string& cell) {
  for (const char* ending : {"", ".jpg", ".png", ".jpeg", ".webp", ".bmp", ".gif"})
    if (const auto path = folder / (cell + ending); fs::is_regular_file(path)) return path.string();
  return {};
}

/// A table and which of its columns are what.
class LabelTable {
 public:
  LabelTable(const DataOptions& options, Table table) : options_(options), table_(std::move(table)) {
    file_ = options.file_column.empty() ? 0 : table_.column(options.file_column);
    for (const auto& name : options.label_columns) labels_.push_back(table_.column(name));
    if (!labels_.empty()) return;
    if (table_.columns.size() < 2)
      throw DataError(table_.path, 1, "has one column; needs one of file names and one or more of labels");
    labels_.push_back(file_ == 0 ? 1 : 0);
  }

  Listing listing() {
    Listing out;
    out.layout = "csv";
    out.kind = options_.task == "auto" ? guess() : nn::task_named(options_.task, "data.task");
    const bool one_label = out.kind == nn::TaskKind::single_label || out.kind == nn::TaskKind::ordinal;
    if (one_label && labels_.size() > 1)
      throw ConfigError("data.label_columns",
                        "names " + std::to_string(labels_.size()) +
                            " columns, but this task has one label an image; name one column, or set "
                            "data.task to multi_label or regression");
    name_outputs(out);
    for (size_t row = 0; row < table_.rows(); ++row) add(out, row);
    remark_slips(out);
    if (out.kind == nn::TaskKind::single_label) remark_combinations(out);
    return out;
  }

 private:
  const Cells& label_cells(size_t k) const { return table_.cells[labels_[k]]; }

  /// Several columns: numbers other than 0 and 1 are regression, else labels. One column: fractions are regression,
  /// several words in any cell are labels, else it is a class.
  nn::TaskKind guess() const {
    bool numbers = true, whole = true, flags = true, several = false;
    for (size_t k = 0; k < labels_.size(); ++k)
      for (const auto& cell : label_cells(k)) {
        const auto value = number_in(cell);
        numbers = numbers && value;
        whole = whole && value && *value == std::floor(*value);
        flags = flags && value && (*value == 0 || *value == 1);
        several = several || words_of(cell, options_.label_delimiter).size() > 1;
      }
    if (labels_.size() > 1) return numbers && !flags ? nn::TaskKind::regression : nn::TaskKind::multi_label;
    if (numbers && !whole) return nn::TaskKind::regression;
    return several ? nn::TaskKind::multi_label : nn::TaskKind::single_label;
  }

  bool one_column_a_label(const Listing& out) const {
    return out.kind == nn::TaskKind::multi_label && labels_.size() > 1;
  }

  /// Classes in alphabetical order, numbers by size; or the columns' names.
  void name_outputs(Listing& out) {
    const bool regression = out.kind == nn::TaskKind::regression;
    if (regression || one_column_a_label(out)) {
      for (const size_t column : labels_) (regression ? out.outputs : out.classes).push_back(table_.columns[column]);
    } else {
      std::set<std::string> names;
      for (const auto& cell : label_cells(0)) {
        const auto words =
            out.kind == nn::TaskKind::multi_label ? words_of(cell, options_.label_delimiter) : Cells{cell};
        for (const auto& word : words)
          if (!word.empty()) names.insert(word);
      }
      out.classes.assign(names.begin(), names.end());
      if (std::all_of(names.begin(), names.end(), [](const auto& name) { return number_in(name).has_value(); }))
        std::stable_sort(out.classes.begin(), out.classes.end(),
                         [](const auto& a, const auto& b) { return *number_in(a) < *number_in(b); });
      if (out.classes.size() < 2)
        out.problems.push_back(
            {table_.path, 0,
             "has one class only ('" + (names.empty() ? "" : *names.begin()) + "'); a classifier needs two or more"});
    }
    for (const auto& name : out.classes) number_.emplace(name, static_cast<int64_t>(number_.size()));
  }

  fs::path folder() const { return folder_of(options_); }

  void add(Listing& out, size_t row) {
    const auto& cell = table_.cells[file_][row];
    const long line = table_.lines[row];
    const auto problem = [&](const std::string& text) { out.problems.push_back({table_.path, line, text}); };
    const std::string path = cell.empty() ? "" : image_named(folder(), cell);
    if (path.empty())
      return problem("names the file '" + cell + "', which is not in " + (folder().empty() ? "." : folder().string()) +
                     "; correct the row, or add the file");
    if (const auto [first, fresh] = seen_.emplace(path, line); !fresh)
      return problem("names '" + cell + "' again, after line " + std::to_string(first->second) +
                     "; remove one of the rows");
    if (const std::string wrong = add_label(out, row); !wrong.empty()) return problem(wrong);
    out.train.paths.push_back(path);
    out.train.names.push_back(cell);
  }

  /// What is wrong with the row's label, or nothing.
  std::string add_label(Listing& out, size_t row) {
    if (out.kind == nn::TaskKind::single_label || out.kind == nn::TaskKind::ordinal) {
      const auto& label = label_cells(0)[row];
      if (label.empty()) return "has no label; fill it in, or remove the row";
      out.train.label.push_back(number_.at(label));
      return {};
    }
    std::vector<float> values;
    if (out.kind == nn::TaskKind::multi_label && !one_column_a_label(out)) {
      values.resize(out.classes.size());
      for (const auto& word : words_of(label_cells(0)[row], options_.label_delimiter))
        values[static_cast<size_t>(number_.at(word))] = 1;
    } else {
      for (size_t k = 0; k < labels_.size(); ++k) {
        const auto value = number_in(label_cells(k)[row]);
        const std::string found =
            "has '" + label_cells(k)[row] + "' in column '" + table_.columns[labels_[k]] + "'; needs ";
        if (!value) return found + "a number";
        if (one_column_a_label(out) && *value != 0 && *value != 1) return found + "0 or 1";
        values.push_back(static_cast<float>(*value));
      }
    }
    out.train.values.push_back(std::move(values));
    return {};
  }

  /// A class that hardly occurs, beside a frequent one of nearly the same name, is most likely a slip.
  void remark_slips(Listing& out) const {
    constexpr int64_t kRare = 2, kOften = 5;
    std::map<int64_t, int64_t> count;
    for (const int64_t label : out.train.label) ++count[label];
    for (const auto& [label, times] : count) {
      const auto& name = out.classes[static_cast<size_t>(label)];
      if (times > kRare || number_in(name)) continue;
      std::vector<std::string> frequent;
      for (const auto& [other, often] : count)
        if (often >= kOften * times) frequent.push_back(out.classes[static_cast<size_t>(other)]);
      if (const std::string near = nearest(name, frequent); !near.empty())
        out.remarks.push_back("label '" + name + "' occurs " + std::to_string(times) + " time(s); did you mean '" +
                              near + "'?");
    }
  }

  /// Classes of several words most of which occur in other classes too are most likely several labels.
  void remark_combinations(Listing& out) const {
    std::map<std::string, int> classes_with;
    std::string example;
    for (const auto& name : out.classes) {
      const auto words = words_of(name, options_.label_delimiter);
      if (words.size() > 1) example = name;
      for (const auto& word : words) ++classes_with[word];
    }
    const auto shared =
        std::count_if(classes_with.begin(), classes_with.end(), [](const auto& w) { return w.second > 1; });
    if (example.empty() || 2 * static_cast<size_t>(shared) <= classes_with.size()) return;
    out.remarks.push_back("'" + example +
                          "' looks like several labels, and as single_label each combination is a class "
                          "of its own: " +
                          std::string(nn::row(nn::TaskKind::multi_label).why_not) +
                          ". Set data.task to multi_label unless it is one name");
  }

  const DataOptions& options_;
  const Table table_;
  size_t file_ = 0;
  std::vector<size_t> labels_;
  std::map<std::string, int64_t> number_;  ///< of each class
  std::map<std::string, long> seen_;       ///< line that named a file
};

}  // namespace

Listing list_csv(const DataOptions& options, uint64_t seed) {
  Listing listing = LabelTable(options, read_csv(options.csv)).listing();
  split_train(listing, options, seed);
  return listing;
}

bool lists_images(const DataOptions& options) {
  constexpr size_t kRows = 100;  // where none of these is there, the table is about something else
  if (!options.file_column.empty()) return true;
  try {
    CsvReader reader(fs::path(options.csv));
    CsvBlock block;
    for (size_t seen = 0; seen < kRows && reader.next(block);)
      for (size_t row = 0; row < block.rows() && seen < kRows; ++row, ++seen)
        if (const std::string cell(block.at(row, 0)); !cell.empty() && !image_named(folder_of(options), cell).empty())
          return true;
  } catch (const DataError&) {  // whoever reads all of it says what is wrong
  }
  return false;
}

}  // namespace tenfold::vision
