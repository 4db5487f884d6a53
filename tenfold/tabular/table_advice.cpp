#include "tenfold/tabular/table_advice.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/inspection.h"
#include "tenfold/tabular/load.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/split_leaks.h"

namespace tenfold::tabular {
namespace {

constexpr double kSmallGroup = 50;  // rows a group, above which the same ones will be asked about: shops, not buyers

bool chosen(const DataOptions& options) {
  return options.split != SplitKind::automatic || !options.split_column.empty() || !options.cutoff.empty() ||
         options.gap > 0 || !options.valid_rows.empty() || !options.valid.empty();
}

DataOptions without_telling(DataOptions options, const std::vector<Leak>& leaks) {
  for (const auto& leak : leaks)
    if ((leak.kind == LeakKind::gives_away || leak.kind == LeakKind::not_in_test) &&
        std::find(options.ignore.begin(), options.ignore.end(), leak.column) == options.ignore.end())
      options.ignore.push_back(leak.column);
  return options;
}

std::optional<DataOptions> by_time(DataOptions options, const Frame& frame, const std::vector<Leak>& leaks) {
  const Leak* best = nullptr;
  for (const auto& leak : leaks)
    if (leak.kind == LeakKind::date && (!best || leak.evidence > best->evidence)) best = &leak;
  if (!best) return {};
  const auto dates = std::count_if(frame.names().begin(), frame.names().end(),
                                   [&](const std::string& name) { return frame[name].kind() == ColumnKind::time; });
  if (best->evidence < sorted_by_date && dates > 1) return {};  // which of them counts is for people to say
  options.split = SplitKind::time;
  options.split_column = best->column;
  return options;
}

std::optional<DataOptions> by_group(DataOptions options, const Frame& frame, const std::vector<Leak>& leaks) {
  for (const auto& leak : leaks) {  // the likest first
    if (leak.kind != LeakKind::group) continue;
    const Column& column = frame[leak.column];
    const Column levels = to_category(column);
    const auto there = static_cast<double>(column.rows() - column.nulls());
    if (there > kSmallGroup * static_cast<double>(levels.levels().size())) continue;
    options.split = SplitKind::group;
    options.split_column = leak.column;
    return options;
  }
  return {};
}

std::string command_of(const DataOptions& options) {
  return "tenfold train" + flags_between(describe(DataOptions{}, "table"), describe(options, "table"),
                                         {{"table.path", "table"}, {"table.target", "target"}});
}

/// Throws where the table cannot be split or fitted so.
TableAdvice tried(const Frame& frame, const DataOptions& options, uint64_t seed) {
  const auto split = part_rows(frame, options, seed);
  auto preprocessor = fit(frame, split.parts.train, options);
  return {.options = options,
          .split = split.how,
          .remarks = std::move(preprocessor.remarks),
          .command = command_of(options)};
}

}  // namespace

TableAdvice advise(const Frame& frame, const std::vector<Leak>& leaks, const DataOptions& options, uint64_t seed) {
  std::vector<DataOptions> wanted;
  for (const auto& base : {without_telling(options, leaks), options}) {
    if (!chosen(options)) {
      if (const auto time = by_time(base, frame, leaks)) wanted.push_back(*time);
      if (const auto group = by_group(base, frame, leaks)) wanted.push_back(*group);
    }
    wanted.push_back(base);
  }
  wanted.pop_back();  // the options as given, whose error is told
  for (const auto& one : wanted) {
    try {
      return tried(frame, one, seed);
    } catch (const Error&) {  // the next one, then
    }
  }
  return tried(frame, options, seed);
}

}  // namespace tenfold::tabular
