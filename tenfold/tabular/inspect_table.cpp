#include "tenfold/tabular/inspect_table.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "tenfold/core/error.h"
#include "tenfold/data/csv_faults.h"
#include "tenfold/data/row_keys.h"
#include "tenfold/tabular/load.h"
#include "tenfold/tabular/sources.h"
#include "tenfold/tabular/split_leaks.h"
#include "tenfold/tabular/table_advice.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

constexpr double kImbalance = 5;  // largest class against the smallest, from where it is spoken of

std::vector<ColumnPlan> plan_columns(const Frame& frame, const Decided& decided, const std::vector<int64_t>& rows,
                                     const DataOptions& options) {
  auto out = decided.plan;
  for (const auto& source : decided.sources) {
    if (source.part) continue;
    for (auto& plan : out)
      if (plan.name == source.column)
        plan = plan_of(plan.name, judge_source(source, frame[source.column].take(rows), options));
  }
  return out;
}

/// Rows that are those above them again. Row numbers and the like, which are ignored, do not tell rows apart.
int64_t repeated_rows(const Frame& frame, const std::vector<InspectedColumn>& columns) {
  std::vector<Column> keys;
  for (const auto& one : columns)
    if (one.plan.use != "ignored") keys.push_back(frame[one.plan.name]);
  return keys.empty() ? 0 : static_cast<int64_t>(frame.rows()) - row_keys(keys).count;
}

void describe_numbers(InspectedTarget& out, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
  };
  out.lowest = values.front(), out.lower_quarter = at(0.25), out.median = at(0.5), out.upper_quarter = at(0.75),
  out.highest = values.back();
  double total = 0, squares = 0;
  for (const double value : values) total += value;
  out.mean = total / static_cast<double>(values.size());
  for (const double value : values) squares += (value - out.mean) * (value - out.mean);
  out.deviation = std::sqrt(squares / static_cast<double>(values.size()));
}

std::vector<InspectedTarget> targets_in(const Frame& frame, const std::vector<int64_t>& rows, const TargetPlan& plan) {
  std::vector<InspectedTarget> out;
  if (plan.kind == Target::regression) {
    for (const auto& name : plan.columns) {
      out.push_back({.name = name});
      describe_numbers(out.back(), frame[name].take(rows).numbers());
    }
    return out;
  }
  const auto values = target_values(plan, frame, rows);
  if (plan.kind == Target::single_label) {
    out.push_back({.name = plan.columns[0]});
    for (const auto& name : plan.classes) out[0].classes.push_back({.name = name});
    const auto* code = values.const_data_ptr<int64_t>();
    for (size_t k = 0; k < rows.size(); ++k) ++out[0].classes[static_cast<size_t>(code[k])].rows;
    return out;
  }
  const auto counts = values.sum(0, false, at::kDouble);
  for (size_t k = 0; k < plan.classes.size(); ++k)
    out.push_back({.name = plan.classes[k],
                   .classes = {{plan.classes[k], std::llround(counts[static_cast<int64_t>(k)].item<double>())}}});
  return out;
}

void warn_of_rare_classes(TableInspection& out) {
  if (out.task != "single_label") return;
  const auto& classes = out.targets[0].classes;
  const auto [least, most] =
      std::minmax_element(classes.begin(), classes.end(), [](const auto& a, const auto& b) { return a.rows < b.rows; });
  if (static_cast<double>(most->rows) > kImbalance * static_cast<double>(std::max<int64_t>(least->rows, 1)))
    out.warnings.push_back("class '" + most->name + "' has " + std::to_string(most->rows) + " rows, '" + least->name +
                           "' " + std::to_string(least->rows) +
                           "; accuracy says little then, auc more (--training.metrics auc), and --loss.class_weights "
                           "balanced gives rare classes their weight");
}

std::vector<std::string> columns_of_test(const DataOptions& options, TableInspection& out) {
  if (options.test.empty()) return {};
  try {
    return CsvReader(options.test, read_options(options).csv).columns();
  } catch (const DataError& error) {
    out.broken.push_back(broken_by(error));
    return {};
  }
}

/// The rows that train, by the split that the options say.
std::vector<int64_t> look_at_target(TableInspection& out, const Frame& frame, const DataOptions& options,
                                    uint64_t seed) {
  const auto has = has_target(options.target, frame);  // throws for a name that is wrong
  const auto test = columns_of_test(options, out);
  std::vector<int64_t> rows;
  for (size_t row = 0; row < has.size(); ++row)
    if (has[row]) rows.push_back(static_cast<int64_t>(row));
  out.unlabelled = static_cast<int64_t>(frame.rows() - rows.size());
  try {
    if (rows.empty()) throw ConfigError("table.target", "is missing in every row; name another column");
    std::vector<std::string> told_by_advice;
    const auto plan = plan_target(frame, rows, options, told_by_advice);
    out.task = name_of(plan.kind);
    out.targets = targets_in(frame, rows, plan);
    warn_of_rare_classes(out);
    auto split = part_rows(frame, options, seed);
    out.warnings.insert(out.warnings.end(), split.remarks.begin(), split.remarks.end());
    out.leaks = find_leaks(frame, split, options, test);
    if (!options.valid.empty())  // which values validate there is not looked at
      std::erase_if(out.leaks, [](const Leak& leak) { return leak.kind == LeakKind::group; });
    rows = std::move(split.parts.train);
    auto advice = advise(frame, out.leaks, options, seed);
    out.split = std::move(advice.split);
    out.warnings.insert(out.warnings.end(), advice.remarks.begin(), advice.remarks.end());
    if (out.broken.empty()) out.recommendation = std::move(advice.command);
  } catch (const DataError& error) {
    out.broken.push_back(broken_by(error));
  } catch (const Error& error) {
    out.broken.push_back({options.path, error.what()});
  }
  return rows.empty() ? all_rows(frame) : rows;
}

void look_without_target(TableInspection& out, const Frame& frame, const DataOptions& options) {
  auto names = frame.names();
  std::erase_if(names, [&](const std::string& name) {
    return std::find(options.ignore.begin(), options.ignore.end(), name) != options.ignore.end();
  });
  find_dates(out.leaks, frame, names,
             {.parts = {.train = all_rows(frame), .valid = {}}, .kind = SplitKind::random, .how = {}});
  out.recommendation = "tenfold inspect --table " + shell_word(options.path) + " --target COLUMN";
}

}  // namespace

TableInspection inspect_table(const DataOptions& options, uint64_t seed, int threads) {
  TableInspection out{.path = options.path, .task = {}, .split = {}, .recommendation = {}};
  Frame frame;
  try {
    frame = read_table(options.path, options, threads, &out.warnings);
  } catch (const DataError& error) {
    for (const auto& fault : csv_faults(options.path, read_options(options).csv))
      out.broken.push_back(broken_by(fault));
    if (out.broken.empty()) out.broken.push_back(broken_by(error));
    return out;
  }
  out.rows = static_cast<int64_t>(frame.rows());
  const auto decided = decide_columns(frame, options);
  std::vector<int64_t> rows;
  if (options.target.empty()) {
    look_without_target(out, frame, options);
    rows = all_rows(frame);
  } else {
    rows = look_at_target(out, frame, options, seed);
  }
  const auto plans = plan_columns(frame, decided, rows, options);
  auto summaries = frame.describe();
  for (size_t k = 0; k < plans.size(); ++k) out.columns.push_back({plans[k], std::move(summaries[k])});
  out.repeated = repeated_rows(frame, out.columns);
  return out;
}

Json to_json(const TableInspection& inspection) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  Json columns = Json::array(), targets = Json::array();
  for (const auto& [plan, summary] : inspection.columns)
    columns.push_back({{"name", plan.name},
                       {"kind", name_of(summary.kind)},
                       {"use", plan.use},
                       {"reason", plan.reason},
                       {"missing", summary.nulls},
                       {"different", summary.distinct},
                       {"lowest", summary.lowest},
                       {"highest", summary.highest},
                       {"mean", number(summary.mean)},
                       {"examples", summary.examples}});
  for (const auto& one : inspection.targets) {
    Json target = {{"name", one.name}};
    if (one.classes.empty()) {
      target.update({{"lowest", number(one.lowest)},
                     {"lower_quarter", number(one.lower_quarter)},
                     {"median", number(one.median)},
                     {"upper_quarter", number(one.upper_quarter)},
                     {"highest", number(one.highest)},
                     {"mean", number(one.mean)},
                     {"deviation", number(one.deviation)}});
    } else {
      for (const auto& row : one.classes) target["classes"].push_back({{"name", row.name}, {"rows", row.rows}});
    }
    targets.push_back(std::move(target));
  }
  return {{"layout", "table"},
          {"path", inspection.path},
          {"task", inspection.task},
          {"rows", inspection.rows},
          {"unlabelled", inspection.unlabelled},
          {"repeated", inspection.repeated},
          {"columns", columns},
          {"targets", targets},
          {"broken", to_json(inspection.broken)},
          {"leaks", to_json(inspection.leaks)},
          {"warnings", inspection.warnings},
          {"split", inspection.split},
          {"recommendation", inspection.recommendation}};
}

}  // namespace tenfold::tabular
