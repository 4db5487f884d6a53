#include "tenfold/tabular/rows.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <optional>
#include <set>

#include "tenfold/core/error.h"
#include "tenfold/data/dates.h"
#include "tenfold/tabular/category.h"
#include "tenfold/tabular/number.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

/// splits.h names options by its own section; here they are the table's.
template <class Work>
auto of_table(Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const ConfigError& error) {
    const std::string section = "data.";
    if (!error.option.starts_with(section)) throw;
    throw ConfigError("table." + error.option.substr(section.size()),
                      std::string(error.what()).substr(error.option.size() + 2));
  }
}

const Column& split_column(const Frame& frame, const std::string& name) {
  if (!frame.has(name)) {
    const std::string near = nearest(name, frame.names());
    throw ConfigError("table.split_column",
                      "the table has no column '" + name + "'" + (near.empty() ? "" : "; nearest is '" + near + "'"));
  }
  return frame[name];
}

/// The column to order by: as named, else the table's only date.
std::string time_column(const Frame& frame, const DataOptions& options) {
  if (!options.split_column.empty()) return options.split_column;
  std::string found;
  for (const auto& name : frame.names()) {
    if (frame[name].kind() != ColumnKind::time) continue;
    if (!found.empty())
      throw ConfigError("table.split_column", "is empty, and the table has several dates: '" + found + "', '" + name +
                                                  "'; name the one to order by");
    found = name;
  }
  if (found.empty())
    throw ConfigError("table.split_column", "is empty, and the table has no date; name a date or a number to order by");
  return found;
}

SplitKind kind_of(const Frame& frame, const DataOptions& options, bool classes) {
  if (options.split != SplitKind::automatic) return options.split;
  if (options.gap > 0) return SplitKind::purged;
  if (!options.cutoff.empty()) return SplitKind::time;
  if (!options.split_column.empty())
    return split_column(frame, options.split_column).kind() == ColumnKind::time ? SplitKind::time : SplitKind::group;
  return classes ? SplitKind::stratified : SplitKind::random;
}

std::vector<int64_t> codes_of(const Column& column, const std::vector<int64_t>& rows) {
  const Column part = column.take(rows);
  const Category levels = fit_category("", part, 1, static_cast<int64_t>(part.rows()) + 1);
  std::vector<int32_t> codes(part.rows());
  CategoryReader(levels, part).read(part, codes.data(), 1);
  return {codes.begin(), codes.end()};
}

/// One number a class, or nothing for other targets. Only what rules that out is looked at; fit() says what is wrong.
std::optional<std::vector<int64_t>> classes_of(const Frame& frame, const std::vector<int64_t>& rows,
                                               const DataOptions& options) {
  std::vector<std::string> unused;
  const TargetPlan plan = plan_target(frame, rows, options, unused);
  if (plan.kind != Target::single_label) return std::nullopt;
  const auto values = target_values(plan, frame, rows);
  const auto* first = values.const_data_ptr<int64_t>();
  return std::vector<int64_t>(first, first + values.size(0));
}

int64_t gap_of(const Frame& frame, const std::string& column, double gap) {
  const bool days = frame[column].kind() == ColumnKind::time;
  if (frame[column].kind() == ColumnKind::real && gap > 0)
    throw ConfigError("table.gap", "needs a date or whole numbers in '" + column + "', which is real");
  return std::llround(gap * static_cast<double>(days ? seconds_a_day : 1));
}

std::optional<int64_t> cutoff_of(const Frame& frame, const std::string& column, const std::string& cutoff) {
  if (cutoff.empty()) return std::nullopt;
  const ColumnKind kind = frame[column].kind();
  if (kind == ColumnKind::time) {
    if (const auto moment = parse_time(cutoff, DateFormat::iso)) return moment;
    throw ConfigError("table.cutoff", "'" + cutoff + "' is no date, and '" + column + "' is; write 2015-06-19");
  }
  const double value = number_of(cutoff);
  if (kind != ColumnKind::integer || std::isnan(value))
    throw ConfigError("table.cutoff", "'" + cutoff + "' does not fit '" + column + "', which is " + name_of(kind) +
                                          "; it needs a date, or a number where the column is whole numbers. "
                                          "valid_rows takes any comparison");
  return std::llround(std::ceil(value));
}

std::string show(const Frame& frame, const std::string& column, int64_t moment) {
  return frame[column].kind() == ColumnKind::time ? show_time(moment) : std::to_string(moment);
}

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g %%", 100 * share);
  return text;
}

/// Rows to split, in order.
std::vector<int64_t> usable(const Frame& frame, const DataOptions& options, std::vector<std::string>& remarks) {
  std::vector<uint8_t> keep = has_target(options.target, frame);
  const auto without = std::count(keep.begin(), keep.end(), 0);
  if (without > 0) remarks.push_back(std::to_string(without) + " row(s) without a target are left out");
  if (!options.train_rows.empty()) {
    int64_t left_out = 0;
    for (const auto& condition : parse_conditions(options.train_rows, "table.train_rows")) {
      const auto held = holds(condition, frame, "table.train_rows");
      for (size_t row = 0; row < keep.size(); ++row)
        if (keep[row] && held[row] != 1) keep[row] = 0, ++left_out;
    }
    remarks.push_back(std::to_string(left_out) + " row(s) are left out by train_rows");
  }
  std::vector<int64_t> rows;
  rows.reserve(static_cast<size_t>(std::count(keep.begin(), keep.end(), 1)));
  for (size_t row = 0; row < keep.size(); ++row)
    if (keep[row]) rows.push_back(static_cast<int64_t>(row));
  if (rows.empty())
    throw ConfigError(options.train_rows.empty() ? "table.target" : "table.train_rows",
                      "leaves none of the " + std::to_string(frame.rows()) + " rows of " + frame.source());
  return rows;
}

Parts of_rows(Parts parts, const std::vector<int64_t>& rows) {
  for (auto* part : {&parts.train, &parts.valid})
    for (auto& item : *part) item = rows[static_cast<size_t>(item)];
  return parts;
}

Parts where(const Frame& frame, const DataOptions& options, const std::vector<int64_t>& rows) {
  std::vector<uint8_t> valid(frame.rows(), 1);
  for (const auto& condition : parse_conditions(options.valid_rows, "table.valid_rows")) {
    const auto held = holds(condition, frame, "table.valid_rows");
    for (size_t row = 0; row < valid.size(); ++row) valid[row] &= static_cast<uint8_t>(held[row] == 1);
  }
  Parts out;
  for (const int64_t row : rows) (valid[static_cast<size_t>(row)] ? out.valid : out.train).push_back(row);
  for (const auto& [part, what] : {std::pair{&out.train, "all"}, std::pair{&out.valid, "none"}})
    if (part->empty())
      throw ConfigError("table.valid_rows", "'" + options.valid_rows + "' holds for " + what + " of the " +
                                                std::to_string(rows.size()) + " rows; both parts need some");
  return out;
}

/// Classes that only validation rows have cannot be learnt, nor measured.
void drop_unknown_classes(SplitRows& out, const Frame& frame, const DataOptions& options) {
  auto all = out.parts.train;
  all.insert(all.end(), out.parts.valid.begin(), out.parts.valid.end());
  const auto classes = classes_of(frame, all, options);
  if (!classes) return;
  const auto trained = classes->begin() + static_cast<std::ptrdiff_t>(out.parts.train.size());
  const std::set<int64_t> known(classes->begin(), trained);
  std::vector<int64_t> kept;
  for (size_t k = 0; k < out.parts.valid.size(); ++k)
    if (known.contains(trained[static_cast<std::ptrdiff_t>(k)])) kept.push_back(out.parts.valid[k]);
  if (kept.size() == out.parts.valid.size()) return;
  out.remarks.push_back(std::to_string(out.parts.valid.size() - kept.size()) +
                        " validation row(s) have a class that no training row has, and are left out");
  out.parts.valid = std::move(kept);
}

}  // namespace

std::vector<int64_t> times_of(const Frame& frame, const std::string& name, const std::vector<int64_t>& rows) {
  const Column column = split_column(frame, name).take(rows);
  if (column.kind() == ColumnKind::category || column.kind() == ColumnKind::text)
    throw ConfigError("table.split_column",
                      "'" + name + "' is " + name_of(column.kind()) + "; rows are ordered by a date or a number");
  if (const size_t nulls = column.nulls(); nulls > 0)
    throw ConfigError("table.split_column", "'" + name + "' is missing in " + std::to_string(nulls) +
                                                " row(s); leave them out by train_rows, or order by another column");
  if (column.kind() == ColumnKind::time) return {column.times().begin(), column.times().end()};
  if (column.kind() == ColumnKind::integer) return {column.integers().begin(), column.integers().end()};
  const auto values = column.numbers();
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<int64_t> out;
  for (const double value : values)
    out.push_back(std::lower_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
  return out;
}

SplitRows split_rows(const Frame& frame, const DataOptions& options, uint64_t seed) {
  SplitRows out;
  const auto rows = usable(frame, options, out.remarks);
  const auto n = static_cast<int64_t>(rows.size());
  if (n < 2)
    throw ConfigError("table.path", frame.source() +
                                        " has one row to learn from, and some must validate; needs two at the very "
                                        "least. Add rows");
  if (!options.valid_rows.empty()) {
    out.parts = where(frame, options, rows);
    out.kind = SplitKind::automatic;
    out.how = "rows with " + options.valid_rows + " validate";
    drop_unknown_classes(out, frame, options);
    return out;
  }
  std::optional<std::vector<int64_t>> classes;
  if (options.split == SplitKind::automatic || options.split == SplitKind::stratified)
    classes = classes_of(frame, rows, options);
  out.kind = kind_of(frame, options, classes.has_value());
  const std::string share = percent(options.valid_share);
  out.parts = of_table([&]() -> Parts {
    switch (out.kind) {
      case SplitKind::stratified:
        if (!classes) throw ConfigError("table.split", "is stratified, but the target has no classes; take random");
        out.how = "stratified: " + share + " of each class validate";
        return of_rows(split_by_label(*classes, options.valid_share, seed), rows);
      case SplitKind::group: {
        if (options.split_column.empty())
          throw ConfigError("table.split_column", "is empty; name the column with the group");
        const Column& column = split_column(frame, options.split_column);
        out.how = "group: " + share + " of the rows, whole groups of " + options.split_column + ", validate";
        return of_rows(split_by_group(codes_of(column, rows), options.valid_share, seed), rows);
      }
      case SplitKind::time:
      case SplitKind::purged: {
        const std::string column = time_column(frame, options);
        const auto time = times_of(frame, column, rows);
        const int64_t gap = out.kind == SplitKind::purged ? gap_of(frame, column, options.gap) : 0;
        const auto cutoff = cutoff_of(frame, column, options.cutoff);
        const int64_t from = cutoff ? *cutoff : cutoff_for(time, options.valid_share);
        const bool ranks = frame[column].kind() != ColumnKind::time && frame[column].kind() != ColumnKind::integer;
        out.how =
            name_of(out.kind) + ": rows " +
            (ranks ? "last in order of " + column : "with " + column + " from " + show(frame, column, from) + " on") +
            " validate";
        auto parts = split_at_time(time, from, gap);
        if (const auto purged = n - static_cast<int64_t>(parts.train.size() + parts.valid.size()); purged > 0)
          out.remarks.push_back(std::to_string(purged) + " row(s) before the validation rows are left out by the gap");
        return of_rows(std::move(parts), rows);
      }
      case SplitKind::automatic:
      case SplitKind::random:
        break;
    }
    out.kind = SplitKind::random;
    out.how = "random: " + share + " of the rows validate";
    return of_rows(split_at_random(n, options.valid_share, seed), rows);
  });
  drop_unknown_classes(out, frame, options);
  return out;
}

std::vector<Parts> fold_rows(const Frame& frame, const DataOptions& options, uint64_t seed) {
  std::vector<std::string> unused;
  const auto rows = usable(frame, options, unused);
  const auto classes = classes_of(frame, rows, options);
  const SplitKind kind = kind_of(frame, options, classes.has_value());
  auto folds = of_table([&] {
    switch (kind) {
      case SplitKind::stratified:
        if (!classes) throw ConfigError("table.split", "is stratified, but the target has no classes; take random");
        return folds_by_label(*classes, options.folds, seed);
      case SplitKind::group:
        return folds_by_group(codes_of(split_column(frame, options.split_column), rows), options.folds, seed);
      case SplitKind::time:
      case SplitKind::purged: {
        const std::string column = time_column(frame, options);
        return folds_by_time(times_of(frame, column, rows), options.folds,
                             kind == SplitKind::purged ? gap_of(frame, column, options.gap) : 0);
      }
      case SplitKind::automatic:
      case SplitKind::random:
        break;
    }
    return folds_at_random(static_cast<int64_t>(rows.size()), options.folds, seed);
  });
  for (auto& parts : folds) parts = of_rows(std::move(parts), rows);
  return folds;
}

}  // namespace tenfold::tabular
