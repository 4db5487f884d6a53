// Columns that tell too much by themselves; what splits take apart is split_leaks.cpp's.

#include "tenfold/tabular/leaks.h"

#include <algorithm>

#include "tenfold/tabular/split_leaks.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

constexpr double kPairBetter = 0.1;  // by which a difference must beat both of its columns
constexpr int64_t kPairRows = 10000;
constexpr size_t kPairColumns = 12;  // the widest tables would take minutes: 66 pairs are enough to look at

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
                     .finding = "alone it tells the target: " + measure + " " + fixed_text(alone),
                     .advice = "leave it out (--table.ignore " + name + ") unless it is known before the target is"});
    else if (alone >= (targets.classes ? limits.strong_auc : limits.strong_r2))
      out.push_back({.column = name,
                     .kind = LeakKind::strong,
                     .measure = measure,
                     .evidence = alone,
                     .finding = "alone it tells much of the target: " + measure + " " + fixed_text(alone),
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
                     .finding = "whether it is missing tells the target: " + measure + " " + fixed_text(tells),
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
                     .finding = "the difference tells the target: " + targets.measure() + " " + fixed_text(both) +
                                ", each alone at most " + fixed_text(better),
                     .advice = "ask which of the two is known only afterwards, and leave it out"});
    }
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
