#include "tenfold/text/text_list.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/splits.h"
#include "tenfold/text/text_source.h"

namespace tenfold::text {
namespace {

namespace fs = std::filesystem;
using Cells = std::vector<std::string>;

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

Cells labels_in(const std::string& cell, const std::string& delimiter) {
  if (delimiter.empty()) return cell.empty() ? Cells{} : Cells{cell};
  Cells labels;
  for (size_t begin = 0; begin <= cell.size();) {
    const size_t end = std::min(cell.find(delimiter, begin), cell.size());
    if (end > begin) labels.push_back(cell.substr(begin, end - begin));
    begin = end + delimiter.size();
  }
  return labels;
}

/// Several columns: numbers other than 0 and 1 are a regression, else labels. One column: fractions are a regression,
/// cells with a delimiter are labels, else it is a class.
nn::TaskKind guess(const TextRows& rows, const DataOptions& options) {
  bool numbers = true, whole = true, flags = true;
  for (const auto& column : rows.labels)
    for (const auto& cell : column) {
      const auto value = number_in(cell);
      numbers = numbers && value;
      whole = whole && value && *value == std::floor(*value);
      flags = flags && value && (*value == 0 || *value == 1);
    }
  if (rows.labels.size() > 1) return numbers && !flags ? nn::TaskKind::regression : nn::TaskKind::multi_label;
  if (!options.label_delimiter.empty()) return nn::TaskKind::multi_label;
  return numbers && !whole ? nn::TaskKind::regression : nn::TaskKind::single_label;
}

nn::TaskKind kind_of(const TextRows& rows, const DataOptions& options) {
  switch (options.target) {
    case Target::single_label:
      if (rows.labels.size() == 1) return nn::TaskKind::single_label;
      throw ConfigError("text.label_col", "names " + std::to_string(rows.labels.size()) +
                                              " columns, and a single label is one; name one, or set text.target to "
                                              "multi_label or regression");
    case Target::multi_label:
      return nn::TaskKind::multi_label;
    case Target::regression:
      return nn::TaskKind::regression;
    case Target::token_labels:
      throw ConfigError("text.target", "is token_labels, and " + rows.path +
                                           " has labels of whole texts; give a file of tagged words");
    default:
      return guess(rows, options);
  }
}

/// Turns raw labels into numbers, by the classes of the training file.
class Labels {
 public:
  Labels(const TextRows& rows, const DataOptions& options) : options_(options) {
    if (rows.labels.empty())
      throw DataError(rows.path, 1,
                      "has no column but the text; training needs labels: name their column in label_col");
    kind = kind_of(rows, options);
    one_column_a_label_ = kind == nn::TaskKind::multi_label && rows.labels.size() > 1;
    if (kind == nn::TaskKind::regression) {
      outputs = rows.label_names;
    } else if (one_column_a_label_) {
      classes = rows.label_names;
    } else {
      std::set<std::string> names;
      for (const auto& cell : rows.labels[0])
        for (auto& label : labels_of(cell)) names.insert(std::move(label));
      classes.assign(names.begin(), names.end());
      if (std::all_of(classes.begin(), classes.end(), [](const auto& name) { return number_in(name).has_value(); }))
        std::stable_sort(classes.begin(), classes.end(),
                         [](const auto& a, const auto& b) { return *number_in(a) < *number_in(b); });
      if (classes.size() < 2)
        throw DataError(
            rows.path, 0,
            "has one class only ('" + (classes.empty() ? "" : classes[0]) + "'); a classifier needs two or more");
    }
    for (const auto& name : classes) number_.emplace(name, static_cast<int64_t>(number_.size()));
  }

  /// The rows with their labels, or without where the file has none. Labels that training lacks are errors.
  TextList applied(TextRows rows) const {
    TextList list{.texts = std::move(rows.texts), .names = std::move(rows.names)};
    if (rows.labels.empty()) return list;
    for (size_t row = 0; row < list.size(); ++row) {
      if (kind == nn::TaskKind::single_label)
        list.label.push_back(number(rows, row, rows.labels[0][row]));
      else
        list.values.push_back(values(rows, row));
    }
    return list;
  }

  nn::TaskKind kind = nn::TaskKind::single_label;
  Cells classes, outputs;

 private:
  Cells labels_of(const std::string& cell) const {
    return kind == nn::TaskKind::multi_label ? labels_in(cell, options_.label_delimiter) : labels_in(cell, "");
  }

  int64_t number(const TextRows& rows, size_t row, const std::string& label) const {
    if (label.empty()) throw DataError(rows.path, rows.lines[row], "has no label; fill it in, or remove the row");
    if (const auto found = number_.find(label); found != number_.end()) return found->second;
    const std::string near = nearest(label, classes);
    throw DataError(rows.path, rows.lines[row],
                    "label '" + label + "' is not among the " + std::to_string(classes.size()) +
                        " classes of the training texts; " + (near.empty() ? "" : "nearest is '" + near + "'. ") +
                        "Correct the row, or remove it");
  }

  std::vector<float> values(const TextRows& rows, size_t row) const {
    std::vector<float> all;
    if (kind == nn::TaskKind::multi_label && !one_column_a_label_) {
      all.resize(classes.size());
      for (const auto& label : labels_of(rows.labels[0][row])) all[static_cast<size_t>(number(rows, row, label))] = 1;
      return all;
    }
    for (size_t k = 0; k < rows.labels.size(); ++k) {
      const auto value = number_in(rows.labels[k][row]);
      const std::string found = "has '" + rows.labels[k][row] + "' in column '" + rows.label_names[k] + "'; needs ";
      if (!value) throw DataError(rows.path, rows.lines[row], found + "a number");
      if (one_column_a_label_ && *value != 0 && *value != 1)
        throw DataError(rows.path, rows.lines[row], found + "0 or 1");
      all.push_back(static_cast<float>(*value));
    }
    return all;
  }

  const DataOptions& options_;
  bool one_column_a_label_ = false;
  std::map<std::string, int64_t> number_;
};

TextList selected(TextList& list, const std::vector<int64_t>& rows) {
  TextList part;
  for (const int64_t k : rows) {
    const auto row = static_cast<size_t>(k);
    part.texts.push_back(std::move(list.texts[row]));
    part.names.push_back(std::move(list.names[row]));
    if (!list.label.empty()) part.label.push_back(list.label[row]);
    if (!list.values.empty()) part.values.push_back(std::move(list.values[row]));
  }
  return part;
}

/// Leaves out later copies, and texts that `others` hold. Says how many, and how many copies contradicted the first.
void drop_duplicates(TextSplits& splits) {
  std::unordered_set<std::string_view> held;
  for (const auto* other : {&splits.valid, &splits.test}) held.insert(other->texts.begin(), other->texts.end());
  std::unordered_map<std::string_view, size_t> first;
  std::vector<int64_t> kept;
  size_t copies = 0, contradicting = 0, leaked = 0;
  auto& train = splits.train;
  for (size_t k = 0; k < train.size(); ++k) {
    if (held.contains(train.texts[k])) {
      ++leaked;
    } else if (const auto [found, fresh] = first.emplace(train.texts[k], k); fresh) {
      kept.push_back(static_cast<int64_t>(k));
    } else {
      ++copies;
      contradicting += !train.label.empty() && train.label[k] != train.label[found->second];
    }
  }
  if (copies + leaked == 0) return;
  train = selected(train, kept);
  if (copies > 0)
    splits.told.push_back("left out " + std::to_string(copies) + " texts that are copies of earlier ones" +
                          (contradicting ? ", " + std::to_string(contradicting) + " of them with another label" : ""));
  if (leaked > 0)
    splits.told.push_back("left out " + std::to_string(leaked) + " training texts that validation or test hold too");
}

void split_train(TextSplits& splits, const DataOptions& options, uint64_t seed) {
  const auto n = static_cast<int64_t>(splits.train.size());
  const Parts parts = options.stratify && !splits.train.label.empty()
                          ? split_by_label(splits.train.label, options.valid_share, seed)
                          : split_at_random(n, options.valid_share, seed);
  TextList all = std::move(splits.train);
  splits.valid = selected(all, parts.valid);
  splits.train = selected(all, parts.train);
}

/// Folders below path, or the options' own.
struct Places {
  std::string train, valid, test;
};

Places places_of(const DataOptions& options) {
  Places places{options.path, options.valid, options.test};
  const fs::path root = options.path;
  if (!fs::is_directory(root / "train")) return places;
  places.train = (root / "train").string();
  if (places.valid.empty() && fs::is_directory(root / "valid")) places.valid = (root / "valid").string();
  if (places.test.empty() && fs::is_directory(root / "test")) places.test = (root / "test").string();
  return places;
}

}  // namespace

TextSplits read_texts(const DataOptions& options, uint64_t seed) {
  if (options.path.empty()) throw ConfigError("text.path", "is empty; name a CSV or a folder of class folders");
  const Places places = places_of(options);
  TextColumns columns;
  const auto rows_of = [&](const std::string& path) {
    return fs::is_directory(path) ? rows_of_folder(path) : rows_of_csv(path, options, columns);
  };
  TextRows rows = rows_of(places.train);
  TextSplits splits;
  const auto listed = [](const Cells& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
    return text;
  };
  if (!columns.text.empty() && (options.text_col.empty() || options.label_col.empty()))
    splits.told.push_back("texts are in column " + listed(columns.text) + ", labels in " + listed(columns.label));
  const Labels labels(rows, options);
  splits.kind = labels.kind;
  splits.classes = labels.classes;
  splits.outputs = labels.outputs;
  splits.train = labels.applied(std::move(rows));
  if (!places.valid.empty()) splits.valid = labels.applied(rows_of(places.valid));
  if (!places.test.empty()) splits.test = labels.applied(rows_of(places.test));
  if (!places.valid.empty() && !splits.valid.labelled())
    throw DataError(places.valid, 0, "has no labels; validation needs them");
  if (options.drop_duplicates) drop_duplicates(splits);
  if (places.valid.empty()) split_train(splits, options, seed);
  return splits;
}

}  // namespace tenfold::text
