#include "tenfold/tabular/load.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/data/group_features.h"
#include "tenfold/data/read_frame.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

void add(std::vector<std::string>& to, const std::vector<std::string>& from, const std::string& what) {
  for (const auto& text : from) to.push_back(what + text);
}

/// Prepared rows of one table, called by their numbers in it.
std::shared_ptr<const TableDataset> dataset(Columns columns, std::vector<int64_t> rows) {
  return std::make_shared<const TableDataset>(std::move(columns), std::move(rows));
}

/// The narrowest type that holds all codes: a large table waits in memory as long as the network trains.
at::ScalarType code_type(const Preprocessor& preprocessor) {
  int64_t most = 0;
  for (const auto& category : preprocessor.categories) most = std::max(most, cardinality(category));
  return most <= 1 << 8 ? at::kByte : most <= 1 << 15 ? at::kShort : at::kInt;
}

/// apply(), codes as narrow as they can be.
Prepared prepare(const Preprocessor& preprocessor, const Frame& frame, const std::vector<int64_t>& rows) {
  constexpr size_t kRowsAPart = 1 << 17;
  Preparation preparation(preprocessor, frame);
  const auto n = static_cast<int64_t>(rows.size());
  Columns columns{
      .codes = at::empty({n, static_cast<int64_t>(preprocessor.categories.size())}, code_type(preprocessor)),
      .continuous = at::empty({n, static_cast<int64_t>(preprocessor.numbers.size())}, at::kFloat)};
  for (size_t first = 0; first < rows.size(); first += kRowsAPart) {
    const size_t count = std::min(kRowsAPart, rows.size() - first);
    const auto part = preparation.take(std::span(rows).subspan(first, count));
    columns.codes.narrow(0, static_cast<int64_t>(first), static_cast<int64_t>(count)).copy_(part.codes);
    columns.continuous.narrow(0, static_cast<int64_t>(first), static_cast<int64_t>(count)).copy_(part.continuous);
  }
  columns.target = target_values(preprocessor.target, frame, rows);
  return {.columns = std::move(columns), .remarks = preparation.remarks()};
}

/// Training and validation rows of one frame share their columns: `all` is both, ascending. Only columns that encode
/// the target differ between the two.
void fill(LoadedTable& loaded) {
  const auto& parts = loaded.split.parts;
  std::vector<int64_t> all;
  all.reserve(parts.train.size() + parts.valid.size());
  std::merge(parts.train.begin(), parts.train.end(), parts.valid.begin(), parts.valid.end(), std::back_inserter(all));
  auto prepared = prepare(loaded.preprocessor, loaded.frame, all);
  add(loaded.told, prepared.remarks, "");
  std::vector<int64_t> train, valid;  // places in `all`
  train.reserve(parts.train.size());
  valid.reserve(parts.valid.size());
  for (size_t k = 0, t = 0; k < all.size(); ++k) {
    const bool trains = t < parts.train.size() && parts.train[t] == all[k];
    if (trains) ++t;
    (trains ? train : valid).push_back(static_cast<int64_t>(k));
  }
  const bool encodes = std::any_of(loaded.preprocessor.numbers.begin(), loaded.preprocessor.numbers.end(),
                                   [](const Number& number) { return !number.encodes.empty(); });
  if (encodes)
    prepared.columns.continuous.index_copy_(
        0, at::tensor(train, at::kLong),
        apply_training(loaded.preprocessor, loaded.frame, parts.train).columns.continuous);
  const auto rows = dataset(std::move(prepared.columns), std::move(all));
  loaded.table.data.train = std::make_shared<const TableDataset>(*rows, std::move(train));
  loaded.table.data.valid = std::make_shared<const TableDataset>(*rows, std::move(valid));
}

/// Declares the columns of the list that were read as words to be of the kind.
void declare_words(ReadOptions& reading, const Frame& frame, const std::vector<std::string>& list, ColumnKind kind) {
  for (const auto& name : list) {
    if (!frame.has(name)) continue;  // parts of dates, and names that whoever decides on columns refuses
    const ColumnKind was = frame[name].kind();
    if (was == ColumnKind::category || was == ColumnKind::text) reading.kinds[name] = kind;
  }
}

/// The column of dates by which events are ordered: the options' first, else the frame's.
std::string date_of(const Frame& frame, const DataOptions& options) {
  if (!options.dates.empty()) return options.dates.front();
  for (const auto& name : frame.names())
    if (frame[name].kind() == ColumnKind::time) return name;
  throw ConfigError("table.elapsed", "counts days, and the table has no column of dates; name one with table.dates");
}

Frame with_elapsed(Frame frame, const DataOptions& options) {
  if (options.elapsed.empty()) return frame;
  if (options.elapsed_by.empty())
    throw ConfigError("table.elapsed_by", "is empty; name the column of the group in which events count, as a shop");
  for (const auto& name : options.elapsed)
    if (!frame.has(name)) throw ConfigError("table.elapsed", "names '" + name + "', which the table lacks");
  if (!frame.has(options.elapsed_by))
    throw ConfigError("table.elapsed_by", "is '" + options.elapsed_by + "', which the table lacks");
  return add_elapsed(frame, options.elapsed, date_of(frame, options), options.elapsed_by);
}

/// Puts these columns first, and leaves all others but the target out of what is learnt from.
void take_only(const std::vector<std::string>& only, Frame& frame, DataOptions& options) {
  auto order = only;
  const auto among = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  options.ignore.clear();
  for (const auto& name : frame.names()) {
    if (among(only, name)) continue;
    order.push_back(name);
    if (!among(options.target, name)) options.ignore.push_back(name);
  }
  options.categorical = only;
  options.continuous.clear();
  options.dates.clear();
  options.target_encode.clear();
  frame = frame.select(order);
}

}  // namespace

ReadOptions read_options(const DataOptions& options, int threads) {
  ReadOptions out{.csv = {.encoding = options.encoding}, .threads = threads};
  if (options.day_first) out.dates = DateFormat::day_first;
  return out;
}

Frame read_table(const std::string& path, const DataOptions& options, int threads, std::vector<std::string>* told) {
  std::vector<ReadNote> notes;
  ReadOptions reading = read_options(options, threads);
  Frame frame = read_frame(path, reading, &notes);
  declare_words(reading, frame, options.continuous, ColumnKind::real);
  declare_words(reading, frame, options.dates, ColumnKind::time);
  if (!reading.kinds.empty()) {
    notes.clear();
    frame = read_frame(path, reading, &notes);  // names the line of the first value that is none
  }
  if (told)
    for (const auto& note : notes)
      told->push_back(path + (note.line > 0 ? ":" + std::to_string(note.line) : "") + ": column '" + note.column +
                      "' " + note.text);
  return with_elapsed(std::move(frame), options);
}

Data to_predict(const Frame& frame, const Preprocessor& preprocessor, std::vector<std::string>* told) {
  auto prepared = prepare(preprocessor, frame, all_rows(frame));
  if (told) add(*told, prepared.remarks, "");
  Data data;
  data.test = std::make_shared<const TableDataset>(std::move(prepared.columns));
  data.transform = std::make_shared<TableTransform>();
  const bool values = preprocessor.target.kind == Target::regression;
  (values ? data.outputs : data.classes) = preprocessor.target.classes;
  return data;
}

SplitRows part_rows(const Frame& frame, const DataOptions& options, uint64_t seed) {
  if (options.valid.empty()) return split_rows(frame, options, seed);
  DataOptions parting = options;  // all rows train but a few, which do then, too
  parting.valid.clear();
  parting.split = SplitKind::random;
  SplitRows out = split_rows(frame, parting, seed);
  out.parts.train.insert(out.parts.train.end(), out.parts.valid.begin(), out.parts.valid.end());
  std::sort(out.parts.train.begin(), out.parts.train.end());
  out.parts.valid.clear();
  out.kind = SplitKind::automatic;
  out.how = "validation rows have a file of their own";
  return out;
}

LoadedTable load(const DataOptions& given, uint64_t seed, int threads, const std::vector<std::string>& only) {
  LoadedTable loaded;
  loaded.frame = read_table(given.path, given, threads, &loaded.told);
  DataOptions options = given;
  if (!only.empty()) take_only(only, loaded.frame, options);
  loaded.split = part_rows(loaded.frame, options, seed);
  add(loaded.told, loaded.split.remarks, "");
  const auto& parts = loaded.split.parts;
  if (options.valid.empty()) loaded.told.push_back(loaded.split.how);
  loaded.preprocessor = fit(loaded.frame, parts.train, options);
  add(loaded.told, loaded.preprocessor.remarks, "");
  fill(loaded);
  if (!options.valid.empty()) {
    loaded.valid = read_table(options.valid, options, threads, &loaded.told);
    loaded.table.data.valid =
        std::dynamic_pointer_cast<const TableDataset>(to_predict(loaded.valid, loaded.preprocessor, &loaded.told).test);
  }
  std::shared_ptr<const TableDataset> test;
  if (!options.test.empty()) {
    loaded.test = read_table(options.test, options, threads, &loaded.told);
    test =
        std::dynamic_pointer_cast<const TableDataset>(to_predict(loaded.test, loaded.preprocessor, &loaded.told).test);
  }
  const auto as_table = [](const std::shared_ptr<const Dataset>& rows) {
    return std::dynamic_pointer_cast<const TableDataset>(rows);
  };
  loaded.table =
      table_data(as_table(loaded.table.data.train), as_table(loaded.table.data.valid), std::move(test),
                 shape_of(loaded.preprocessor), task_of(loaded.preprocessor), loaded.preprocessor.target.classes);
  return loaded;
}

}  // namespace tenfold::tabular
