#include "tenfold/tabular/leaks.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>
#include <span>

#include "tenfold/core/random.h"
#include "tenfold/tabular/alone.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

constexpr double kOrdered = 0.95;    // share of neighbours in order, from where a table is sorted by a date
constexpr double kPairBetter = 0.1;  // by which a difference must beat both of its columns
constexpr int64_t kPairRows = 10000;
constexpr size_t kPairColumns = 12;  // the widest tables would take minutes: 66 pairs are enough to look at
constexpr double kGrain = 1000;      // parts of a deviation within which numbers are the same
constexpr double kOwnCopies = 0.5;   // different training rows a row, below which copies are the table's nature
constexpr size_t kRowsAPart = 1 << 17;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

std::string text_of(double value, int digits = 3) {
  char out[32];
  std::snprintf(out, sizeof out, "%.*f", digits, value);
  return out;
}

/// The targets, as one or more lists; classes as 0/1 of each of up to four frequent ones.
struct Targets {
  bool classes = false;
  std::vector<std::vector<double>> lists;
  std::string measure() const { return classes ? "AUC" : "R²"; }

  /// The largest over the lists; AUC as the better of both directions.
  double alone(const Levelled& column) const {
    double best = kNone;
    for (const auto& list : lists) {
      const double value = classes ? alone_auc(column, list) : alone_r2(column, list);
      if (std::isfinite(value) && !(best >= value)) best = value;
    }
    return best;
  }
};

Targets targets_of(const Frame& frame, const std::vector<int64_t>& rows, const DataOptions& options) {
  std::vector<std::string> unused;
  const TargetPlan plan = plan_target(frame, rows, options, unused);
  const auto values = target_values(plan, frame, rows);
  const size_t n = rows.size();
  Targets out{.classes = plan.kind != Target::regression, .lists = {}};
  if (plan.kind == Target::single_label) {
    std::vector<int64_t> counts(plan.classes.size()), order(plan.classes.size());
    const auto* codes = values.const_data_ptr<int64_t>();
    for (size_t k = 0; k < n; ++k) ++counts[static_cast<size_t>(codes[k])];
    for (size_t k = 0; k < order.size(); ++k) order[k] = static_cast<int64_t>(k);
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return counts[static_cast<size_t>(a)] > counts[static_cast<size_t>(b)];
    });
    order.resize(order.size() == 2 ? 1 : std::min<size_t>(order.size(), 4));
    for (const int64_t one : order) {
      auto& list = out.lists.emplace_back(n);
      for (size_t k = 0; k < n; ++k) list[k] = codes[k] == one;
    }
    return out;
  }
  const auto width = static_cast<size_t>(values.size(1));
  for (size_t one = 0; one < std::min<size_t>(width, 4); ++one) {
    auto& list = out.lists.emplace_back(n);
    for (size_t k = 0; k < n; ++k) list[k] = static_cast<double>(values.const_data_ptr<float>()[k * width + one]);
  }
  return out;
}

std::vector<int64_t> evenly(const std::vector<int64_t>& rows, int64_t count) {
  const auto n = static_cast<int64_t>(rows.size());
  if (n <= count) return rows;
  std::vector<int64_t> out;
  for (int64_t k = 0; k < count; ++k) out.push_back(rows[static_cast<size_t>(k * n / count)]);
  return out;
}

bool is_name(ColumnKind kind) { return kind == ColumnKind::category || kind == ColumnKind::text; }

/// Every value a level; missing is 0.
Levelled levels_of(const std::string& name, const Column& column) {
  const Category levels = fit_category(name, column, 1, static_cast<int64_t>(column.rows()) + 1);
  Levelled out{.name = name, .code = std::vector<int32_t>(column.rows()), .levels = 0};
  CategoryReader(levels, column).read(column, out.code.data(), 1);
  out.levels = static_cast<int32_t>(cardinality(levels));
  return out;
}

Levelled levelled(const std::string& name, const Column& column) {
  const bool names = is_name(column.kind()) || column.kind() == ColumnKind::boolean;
  return names ? levels_of(name, column) : in_bins(name, column.numbers());
}

std::vector<std::string> looked_at(const Frame& frame, const DataOptions& options) {
  const auto targets = target_columns(options.target);
  std::vector<std::string> out;
  for (const auto& name : frame.names()) {
    const auto in = [&](const auto& list) { return std::find(list.begin(), list.end(), name) != list.end(); };
    if (!in(targets) && !in(options.ignore)) out.push_back(name);
  }
  return out;
}

void find_telling(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                  const std::vector<int64_t>& rows, const Targets& targets, const LeakOptions& limits) {
  const std::string measure = targets.measure();
  for (const auto& name : columns) {
    const Column values = frame[name].take(rows);
    if (values.nulls() == values.rows()) continue;
    const double alone = targets.alone(levelled(name, values));
    if (alone >= limits.gives_away)
      out.push_back({.column = name,
                     .kind = LeakKind::gives_away,
                     .measure = measure,
                     .evidence = alone,
                     .finding = "alone it tells the target: " + measure + " " + text_of(alone),
                     .advice = "leave it out (--table.ignore " + name + ") unless it is known before the target is"});
    else if (alone >= (targets.classes ? limits.strong_auc : limits.strong_r2))
      out.push_back({.column = name,
                     .kind = LeakKind::strong,
                     .measure = measure,
                     .evidence = alone,
                     .finding = "alone it tells much of the target: " + measure + " " + text_of(alone),
                     .advice = "ask whether it is known when you will predict; if only afterwards, leave it out "
                               "(--table.ignore " +
                               name + ")"});
    const size_t nulls = values.nulls();
    if (nulls == 0) continue;
    Levelled missing{.name = name, .code = {}, .levels = 2};
    for (size_t row = 0; row < values.rows(); ++row) missing.code.push_back(values.is_null(row) ? 1 : 0);
    const double tells = targets.alone(missing);
    if (tells >= (targets.classes ? limits.missing_auc : limits.missing_r2))
      out.push_back({.column = name,
                     .kind = LeakKind::missing,
                     .measure = measure,
                     .evidence = tells,
                     .finding = "whether it is missing tells the target: " + measure + " " + text_of(tells),
                     .advice = "ask why it is missing; if it is filled in afterwards, leave it out (--table.ignore " +
                               name + ")"});
  }
}

/// Differences of two columns of numbers: arrival - scheduled arrival is the delay.
void find_differences(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                      const std::vector<int64_t>& rows, const Targets& targets, const LeakOptions& limits) {
  struct Of {
    std::string name;
    std::vector<double> values;
    double alone;
  };
  std::vector<Of> numbers;
  for (const auto& name : columns) {
    const Column values = frame[name].take(rows);
    if (is_name(values.kind()) || values.kind() == ColumnKind::boolean || values.kind() == ColumnKind::time) continue;
    auto list = values.numbers();
    const double alone = targets.alone(in_bins(name, list));
    if (alone < limits.gives_away) numbers.push_back({name, std::move(list), alone});
  }
  if (numbers.size() > kPairColumns) numbers.resize(kPairColumns);
  for (size_t a = 0; a < numbers.size(); ++a)
    for (size_t b = a + 1; b < numbers.size(); ++b) {
      std::vector<double> difference(rows.size());
      for (size_t k = 0; k < rows.size(); ++k) difference[k] = numbers[a].values[k] - numbers[b].values[k];
      const double both = targets.alone(in_bins("", difference));
      const double better = std::max(numbers[a].alone, numbers[b].alone);
      if (!(both >= (targets.classes ? limits.strong_auc : limits.strong_r2)) || both < better + kPairBetter) continue;
      out.push_back({.column = numbers[a].name + " - " + numbers[b].name,
                     .kind = LeakKind::difference,
                     .measure = targets.measure(),
                     .evidence = both,
                     .finding = "the difference tells the target: " + targets.measure() + " " + text_of(both) +
                                ", each alone at most " + text_of(better),
                     .advice = "ask which of the two is known only afterwards, and leave it out"});
    }
}

void find_dates(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                const SplitRows& split) {
  if (split.kind == SplitKind::time || split.kind == SplitKind::purged || split.kind == SplitKind::automatic) return;
  std::vector<int64_t> rows = split.parts.train;
  rows.insert(rows.end(), split.parts.valid.begin(), split.parts.valid.end());
  std::sort(rows.begin(), rows.end());
  for (const auto& name : columns) {
    if (frame[name].kind() != ColumnKind::time) continue;
    const Column column = frame[name].take(rows);
    const auto times = column.times();
    int64_t up = 0, down = 0, pairs = 0;
    for (size_t k = 1; k < times.size(); ++k) {
      if (times[k] == null_integer || times[k - 1] == null_integer || times[k] == times[k - 1]) continue;
      ++pairs;
      ++(times[k] > times[k - 1] ? up : down);
    }
    if (pairs == 0) continue;
    const double ordered = static_cast<double>(std::max(up, down)) / static_cast<double>(pairs);
    out.push_back(
        {.column = name,
         .kind = LeakKind::date,
         .measure = "share of rows in order",
         .evidence = ordered,
         .finding = std::string(ordered >= kOrdered ? "the rows follow each other in time" : "rows have a time") +
                    ", and the split is " + name_of(split.kind) +
                    ": the model knows the days around those it "
                    "is asked about",
         .advice = "if you will predict the future, take --table.split time --table.split_column " + name});
  }
}

void find_groups(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                 const std::vector<int64_t>& rows, const Targets& targets, const SplitRows& split,
                 const DataOptions& options, const LeakOptions& limits) {
  for (const auto& name : columns) {
    const ColumnKind kind = frame[name].kind();
    if (kind == ColumnKind::real || kind == ColumnKind::boolean || kind == ColumnKind::time) continue;
    if (split.kind == SplitKind::group && options.split_column == name) continue;
    const Levelled groups = levels_of(name, frame[name].take(rows));
    const auto there = static_cast<double>(groups.levels - 1);
    if (groups.levels - 1 < limits.groups || there * 2 > static_cast<double>(rows.size())) continue;
    double alike = kNone;
    for (const auto& list : targets.lists) alike = std::fmax(alike, within_correlation(groups, list));
    if (!(alike >= limits.group)) continue;
    out.push_back({.column = name,
                   .kind = LeakKind::group,
                   .measure = "correlation within",
                   .evidence = alike,
                   .finding = std::to_string(groups.levels - 1) + " values, " +
                              text_of(static_cast<double>(rows.size()) / there, 1) +
                              " rows each, whose targets are alike: correlation " + text_of(alike) +
                              "; the same ones train and validate",
                   .advice = "if you will predict for new ones, take --table.split group --table.split_column " + name +
                             "; if for the same, this is right"});
  }
}

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

/// One number a row, behind `out`: equal where all categories are, and all numbers to a thousandth of a deviation.
void add_likenesses(std::vector<uint64_t>& out, const Columns& columns) {
  const auto n = static_cast<size_t>(columns.codes.size(0)), c = static_cast<size_t>(columns.codes.size(1)),
             k = static_cast<size_t>(columns.continuous.size(1));
  const auto* codes = columns.codes.const_data_ptr<int32_t>();
  const auto* numbers = columns.continuous.const_data_ptr<float>();
  for (size_t row = 0; row < n; ++row) {
    uint64_t hash = 0;
    for (size_t column = 0; column < c; ++column) hash = mixed(hash, static_cast<uint64_t>(codes[row * c + column]));
    for (size_t column = 0; column < k; ++column) {
      const double part = std::clamp(static_cast<double>(numbers[row * k + column]) * kGrain, -1e15, 1e15);
      hash = mixed(hash, static_cast<uint64_t>(std::llround(part)));
    }
    out.push_back(hash);
  }
}

/// Of these rows, ascending: 8 bytes a row are all that is kept of a large table.
std::vector<uint64_t> likenesses(Preparation& preparation, std::span<const int64_t> rows) {
  std::vector<uint64_t> out;
  out.reserve(rows.size());
  for (size_t first = 0; first < rows.size(); first += kRowsAPart)
    add_likenesses(out, preparation.take(rows.subspan(first, std::min(kRowsAPart, rows.size() - first))));
  std::sort(out.begin(), out.end());
  return out;
}

size_t distinct(const std::vector<uint64_t>& sorted) {
  size_t count = sorted.empty() ? 0 : 1;
  for (size_t k = 1; k < sorted.size(); ++k) count += sorted[k] != sorted[k - 1];
  return count;
}

void find_copies(std::vector<Leak>& out, const Frame& frame, const SplitRows& split, DataOptions options,
                 const LeakOptions& limits) {
  options.scaling = Scaling::normalize;
  options.target_encode.clear();
  const auto preprocessor = fit(frame, split.parts.train, options);
  Preparation preparation(preprocessor, frame);
  const auto train = likenesses(preparation, split.parts.train);
  if (static_cast<double>(distinct(train)) < kOwnCopies * static_cast<double>(train.size())) return;
  int64_t copies = 0;
  size_t known = 0;
  for (const uint64_t like : likenesses(preparation, split.parts.valid)) {
    while (known < train.size() && train[known] < like) ++known;
    copies += known < train.size() && train[known] == like;
  }
  const double share = static_cast<double>(copies) / static_cast<double>(std::max<size_t>(split.parts.valid.size(), 1));
  if (share < limits.copies) return;
  out.push_back({.column = "",
                 .kind = LeakKind::copies,
                 .measure = "share of rows",
                 .evidence = share,
                 .finding = std::to_string(copies) + " validation row(s), " + text_of(100 * share, 1) +
                            " %, are (nearly) the same as a training row",
                 .advice = "remove copies from the table, or split by the group that they belong to"});
}

void find_untested(std::vector<Leak>& out, const std::vector<std::string>& columns,
                   const std::vector<std::string>& test_columns) {
  if (test_columns.empty()) return;
  for (const auto& name : columns)
    if (std::find(test_columns.begin(), test_columns.end(), name) == test_columns.end())
      out.push_back(
          {.column = name,
           .kind = LeakKind::not_in_test,
           .measure = "",
           .evidence = 1,
           .finding = "the test table does not have it",
           .advice = "what is not known for the test rows cannot be learnt from; leave it out (--table.ignore " + name +
                     ")"});
}

}  // namespace

std::vector<Leak> find_leaks(const Frame& frame, const SplitRows& split, const DataOptions& options,
                             const std::vector<std::string>& test_columns, const LeakOptions& limits) {
  const auto columns = looked_at(frame, options);
  const auto rows = evenly(split.parts.train, limits.rows);
  const Targets targets = targets_of(frame, rows, options);
  const auto few = evenly(rows, kPairRows);
  std::vector<Leak> out;
  find_telling(out, frame, columns, rows, targets, limits);
  find_differences(out, frame, columns, few, few.size() == rows.size() ? targets : targets_of(frame, few, options),
                   limits);
  find_untested(out, columns, test_columns);
  find_dates(out, frame, columns, split);
  find_groups(out, frame, columns, rows, targets, split, options, limits);
  find_copies(out, frame, split, options, limits);
  std::stable_sort(out.begin(), out.end(), [](const Leak& a, const Leak& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.evidence > b.evidence;
  });
  return out;
}

Json to_json(const std::vector<Leak>& leaks) {
  Json out = Json::array();
  for (const auto& leak : leaks)
    out.push_back({{"column", leak.column},
                   {"kind", name_of(leak.kind)},
                   {"measure", leak.measure},
                   {"evidence", leak.evidence},
                   {"finding", leak.finding},
                   {"advice", leak.advice}});
  return out;
}

}  // namespace tenfold::tabular
