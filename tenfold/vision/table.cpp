// Labels from a CSV: one class a row, several in one cell, one column a label, or numbers.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/data/csv.h"
#include "tenfold/vision/listing.h"

namespace tenfold::vision {
namespace {

namespace fs = std::filesystem;

bool number_in(const std::string& text, double& value) {
  const auto end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  return result.ec == std::errc() && result.ptr == end && std::isfinite(value);
}

bool all_numbers(const std::vector<std::string>& cells, bool& whole, bool& flags) {
  for (const auto& cell : cells) {
    double value = 0;
    if (!number_in(cell, value)) return false;
    whole = whole && value == std::floor(value);
    flags = flags && (value == 0 || value == 1);
  }
  return true;
}

std::vector<std::string> words_of(const std::string& cell, const std::string& delimiter) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin <= cell.size();) {
    const size_t end = std::min(cell.find(delimiter, begin), cell.size());
    if (end > begin) words.push_back(cell.substr(begin, end - begin));
    begin = end + std::max<size_t>(delimiter.size(), 1);
  }
  return words;
}

/// Class names: numbers in their order, words in theirs.
std::vector<std::string> sorted_classes(const std::set<std::string>& names) {
  std::vector<std::string> classes(names.begin(), names.end());
  double value = 0;
  if (std::all_of(classes.begin(), classes.end(), [&](const auto& name) { return number_in(name, value); }))
    std::sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) { return std::stod(a) < std::stod(b); });
  return classes;
}

nn::TaskKind kind_of(const std::string& name) {
  for (const auto& [kind, known] : nn::names(nn::TaskKind{}))
    if (known == name) return kind;
  throw ConfigError("data.task", "is \"" + name + "\"; needs auto, single_label, multi_label, regression or ordinal");
}

/// What the labels look like, where the user did not say.
nn::TaskKind guess(const std::vector<const std::vector<std::string>*>& columns, const std::string& delimiter) {
  bool numbers = true, whole = true, flags = true;
  for (const auto* column : columns) numbers = numbers && all_numbers(*column, whole, flags);
  if (columns.size() > 1) return numbers && !flags ? nn::TaskKind::regression : nn::TaskKind::multi_label;
  if (numbers && !whole) return nn::TaskKind::regression;
  const bool several = std::any_of(columns[0]->begin(), columns[0]->end(), [&](const auto& cell) { return words_of(cell, delimiter).size() > 1; });
  return several ? nn::TaskKind::multi_label : nn::TaskKind::single_label;
}

/// The image that a cell names: as it stands, or with an image ending.
std::string image_named(const fs::path& folder, const std::string& cell) {
  for (const char* ending : {"", ".jpg", ".png", ".jpeg", ".webp", ".bmp", ".gif"})
    if (const auto path = folder / (cell + ending); fs::is_regular_file(path)) return path.string();
  return {};
}

std::vector<float> numbers_of_row(const std::vector<const std::vector<std::string>*>& columns, size_t row) {
  std::vector<float> values;
  for (const auto* column : columns) {
    double value = 0;
    if (!number_in((*column)[row], value)) return {};
    values.push_back(static_cast<float>(value));
  }
  return values;
}

}  // namespace

Listing list_csv(const DataOptions& options, uint64_t seed) {
  const Table table = read_csv(options.csv);
  const size_t file = options.file_column.empty() ? 0 : table.column(options.file_column);
  std::vector<size_t> numbers;
  for (const auto& name : options.label_columns) numbers.push_back(table.column(name));
  if (numbers.empty()) {
    if (table.columns.size() < 2) throw DataError(options.csv, 1, "has one column only; needs a column of file names and one or more of labels");
    numbers.push_back(file == 0 ? 1 : 0);
  }
  std::vector<const std::vector<std::string>*> columns;
  for (const size_t k : numbers) columns.push_back(&table.cells[k]);

  Listing listing;
  listing.layout = "csv";
  listing.kind = options.task == "auto" ? guess(columns, options.label_delimiter) : kind_of(options.task);
  const bool flags = listing.kind == nn::TaskKind::multi_label && columns.size() > 1;
  const bool numeric = flags || listing.kind == nn::TaskKind::regression;
  if (numeric) {
    for (const size_t k : numbers) (flags ? listing.classes : listing.outputs).push_back(table.columns[k]);
  } else {
    std::set<std::string> names;
    for (const auto& cell : *columns[0])
      if (listing.kind == nn::TaskKind::multi_label) for (const auto& word : words_of(cell, options.label_delimiter)) names.insert(word);
      else if (!cell.empty()) names.insert(cell);
    listing.classes = sorted_classes(names);
    if (listing.classes.size() < 2)
      listing.problems.push_back({options.csv, 0, "has one class only ('" + (listing.classes.empty() ? "" : listing.classes[0]) + "'); a classifier needs two or more"});
  }
  std::map<std::string, int64_t> number;
  for (const auto& name : listing.classes) number.emplace(name, static_cast<int64_t>(number.size()));

  const fs::path folder = options.path.empty() ? fs::path(options.csv).parent_path() : fs::path(options.path);
  std::map<std::string, long> seen;
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto& cell = table.cells[file][row];
    const auto problem = [&](const std::string& text) { listing.problems.push_back({options.csv, table.lines[row], text}); };
    const std::string path = cell.empty() ? "" : image_named(folder, cell);
    if (path.empty()) {
      problem("names the file '" + cell + "', which is not in " + (folder.empty() ? "." : folder.string()) + "; correct the row, or add the file");
      continue;
    }
    if (const auto [first, fresh] = seen.emplace(path, table.lines[row]); !fresh) {
      problem("names '" + cell + "' again (first in line " + std::to_string(first->second) + "); remove one of the rows");
      continue;
    }
    const auto& label = (*columns[0])[row];
    if (numeric) {
      auto values = numbers_of_row(columns, row);
      if (values.empty()) {
        problem("has a label that is no number; correct the row, or set data.task");
        continue;
      }
      listing.train.values.push_back(std::move(values));
    } else if (listing.kind == nn::TaskKind::multi_label) {
      std::vector<float> values(listing.classes.size(), 0);
      for (const auto& word : words_of(label, options.label_delimiter)) values[static_cast<size_t>(number.at(word))] = 1;
      listing.train.values.push_back(std::move(values));
    } else if (label.empty()) {
      problem("has no label; fill it in, or remove the row");
      continue;
    } else {
      listing.train.label.push_back(number.at(label));
    }
    listing.train.paths.push_back(path);
    listing.train.names.push_back(cell);
  }
  // A class that occurs once beside one of nearly the same name is most likely a slip.
  std::map<int64_t, int64_t> count;
  for (const int64_t k : listing.train.label) ++count[k];
  for (const auto& [k, times] : count) {
    const auto& name = listing.classes[static_cast<size_t>(k)];
    std::vector<std::string> others;
    for (const auto& [other, often] : count)
      if (often > 5 * times) others.push_back(listing.classes[static_cast<size_t>(other)]);
    double value = 0;
    if (const auto near = nearest(name, others); times <= 2 && !near.empty() && !number_in(name, value))
      listing.remarks.push_back("label '" + name + "' occurs " + std::to_string(times) + " time(s); did you mean '" + near + "'?");
  }
  split_train(listing, options, seed);
  return listing;
}

}  // namespace tenfold::vision
