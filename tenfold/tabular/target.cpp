#include "tenfold/tabular/target.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

constexpr const char* kOption = "table.target";

/// A target that is a comparison; nothing where it names columns.
std::optional<Condition> comparison_in(const std::vector<std::string>& target, const Frame* frame = nullptr) {
  if (target.size() != 1 || target[0].find_first_of("<>=") == std::string::npos) return std::nullopt;
  if (frame && frame->has(target[0])) return std::nullopt;  // a column may be called so
  return parse_conditions(target[0], kOption).front();
}

const Column& column_of(const Frame& frame, const std::string& name) {
  if (!frame.has(name)) {
    const std::string near = nearest(name, frame.names());
    throw ConfigError(kOption,
                      "the table has no column '" + name + "'" + (near.empty() ? "" : "; nearest is '" + near + "'"));
  }
  return frame[name];
}

std::string row_name(int64_t row) { return "row " + std::to_string(row + 1); }

std::vector<std::string> split_labels(const std::string& cell, const std::string& delimiter) {
  std::vector<std::string> out;
  for (size_t from = 0; from <= cell.size();) {
    const size_t to = std::min(cell.find(delimiter, from), cell.size());
    std::string label = cell.substr(from, to - from);
    while (!label.empty() && label.front() == ' ') label.erase(label.begin());
    while (!label.empty() && label.back() == ' ') label.pop_back();
    if (!label.empty()) out.push_back(std::move(label));
    from = to + delimiter.size();
  }
  return out;
}

/// The labels of each level of a column of cells with several.
std::vector<std::vector<std::string>> labels_by_level(const Column& cells, const std::string& delimiter) {
  std::vector<std::vector<std::string>> out;
  for (const auto& level : cells.levels()) out.push_back(split_labels(level, delimiter));
  return out;
}

bool zeros_and_ones(const Column& column) {
  if (column.kind() == ColumnKind::boolean) return true;
  if (column.kind() != ColumnKind::integer && column.kind() != ColumnKind::real) return false;
  const auto values = column.numbers();
  return std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; });
}

/// Whether there are at most `limit` different ones.
bool few_values(const Column& column, int64_t limit) {
  std::set<double> seen;
  for (const double value : column.numbers())
    if (seen.insert(value).second && static_cast<int64_t>(seen.size()) > limit) return false;
  return true;
}

Target kind_of(const std::vector<Column>& columns, const DataOptions& options) {
  if (options.kind != Target::automatic) return options.kind;
  if (!options.label_delimiter.empty()) return Target::multi_label;
  if (columns.size() > 1)
    return std::all_of(columns.begin(), columns.end(), zeros_and_ones) ? Target::multi_label : Target::regression;
  switch (columns[0].kind()) {
    case ColumnKind::boolean:
    case ColumnKind::category:
    case ColumnKind::text:
      return Target::single_label;
    case ColumnKind::integer:
      return few_values(columns[0], options.category_limit) ? Target::single_label : Target::regression;
    case ColumnKind::real:
      return zeros_and_ones(columns[0]) ? Target::single_label : Target::regression;
    case ColumnKind::time:
      break;
  }
  throw ConfigError(kOption, "'" + options.target[0] + "' is a date, which cannot be learnt; name another column");
}

std::vector<double> numbers_of(const Column& column, const std::string& name) {
  if (column.kind() == ColumnKind::category || column.kind() == ColumnKind::text || column.kind() == ColumnKind::time)
    throw ConfigError(kOption, "'" + name + "' is " + name_of(column.kind()) +
                                   ", of which no regression can be made; take --table.kind single_label, or name a "
                                   "column of numbers");
  return column.numbers();
}

void fit_classes(TargetPlan& plan, const Column& column) {
  plan.levels = {fit_category(plan.columns[0], column, 1, std::numeric_limits<int64_t>::max())};
  for (int64_t code = 1; code < cardinality(plan.levels[0]); ++code)
    plan.classes.push_back(level_name(plan.levels[0], code));
  if (plan.classes.size() < 2)
    throw ConfigError(kOption, "'" + plan.columns[0] + "' is '" + plan.classes.at(0) +
                                   "' in all training rows; there is nothing to tell apart. Name another column or "
                                   "take more rows");
}

void fit_labels(TargetPlan& plan, const std::vector<Column>& columns) {
  if (plan.label_delimiter.empty()) {
    for (size_t k = 0; k < columns.size(); ++k)
      if (!zeros_and_ones(columns[k]))
        throw ConfigError(kOption, "'" + plan.columns[k] +
                                       "' is to be a label, but has other values than 0 and 1; take "
                                       "--table.kind regression, or give --table.label_delimiter");
    plan.classes = plan.columns;
    return;
  }
  if (columns.size() != 1)
    throw ConfigError("table.label_delimiter", "parts one column's cells, but " + std::to_string(columns.size()) +
                                                   " are the target; name one, or leave the delimiter out");
  std::set<std::string> labels;
  for (const auto& of_level : labels_by_level(to_category(columns[0]), plan.label_delimiter))
    labels.insert(of_level.begin(), of_level.end());
  plan.classes.assign(labels.begin(), labels.end());
  if (plan.classes.empty()) throw ConfigError(kOption, "'" + plan.columns[0] + "' has no label in any training row");
}

}  // namespace

std::vector<std::string> target_columns(const std::vector<std::string>& target) {
  if (const auto comparison = comparison_in(target)) return {comparison->column, target[0]};
  return target;
}

std::vector<uint8_t> has_target(const std::vector<std::string>& target, const Frame& frame) {
  if (target.empty()) throw ConfigError(kOption, "is empty; name the column to predict");
  std::vector<uint8_t> out(frame.rows(), 1);
  const auto comparison = comparison_in(target, &frame);
  for (const auto& name : comparison ? std::vector<std::string>{comparison->column} : target) {
    const Column& column = column_of(frame, name);
    for (size_t row = 0; row < out.size(); ++row) out[row] &= static_cast<uint8_t>(!column.is_null(row));
  }
  return out;
}

TargetPlan plan_target(const Frame& frame, const std::vector<int64_t>& rows, const DataOptions& options,
                       std::vector<std::string>& remarks) {
  const auto has = has_target(options.target, frame);
  for (const int64_t row : rows)
    if (!has[static_cast<size_t>(row)])
      throw ConfigError(kOption,
                        "is missing in " + row_name(row) + " of " + frame.source() + "; train on rows that have it");
  TargetPlan plan{.columns = options.target, .label_delimiter = options.label_delimiter};
  if (const auto comparison = comparison_in(options.target, &frame)) {
    const auto all = holds(*comparison, frame, kOption);
    std::vector<int8_t> values;
    for (const int64_t row : rows) values.push_back(all[static_cast<size_t>(row)]);
    plan.kind = Target::single_label;
    fit_classes(plan, Column::boolean(std::move(values)));
    plan.classes = {"no", "yes"};
    return plan;
  }
  std::vector<Column> columns;
  for (const auto& name : options.target) columns.push_back(column_of(frame, name).take(rows));
  plan.kind = kind_of(columns, options);
  if (plan.kind != Target::regression && options.target_transform != TargetTransform::none)
    throw ConfigError("table.target_transform", "is " + name_of(options.target_transform) + ", but the target is " +
                                                    name_of(plan.kind) +
                                                    ", which is learnt as it is; leave it out, or take --table.kind "
                                                    "regression");
  if (plan.kind == Target::multi_label) {
    fit_labels(plan, columns);
  } else if (plan.kind == Target::single_label) {
    if (columns.size() != 1)
      throw ConfigError(kOption, "names " + std::to_string(columns.size()) +
                                     " columns, but single_label needs one; take multi_label for columns of 0 and 1");
    fit_classes(plan, columns[0]);
  } else {
    plan.classes = plan.columns;
    for (size_t k = 0; k < columns.size(); ++k) {
      const auto values = numbers_of(columns[k], plan.columns[k]);
      for (size_t row = 0; row < values.size(); ++row)
        if (!std::isfinite(values[row]))
          throw ConfigError(kOption, "'" + plan.columns[k] + "' is infinite in " + row_name(rows[row]) + " of " +
                                         frame.source() + "; correct it or leave the row out");
      plan.scales.push_back(fit_target(options.target_transform, values, plan.columns[k]));
      if (plan.scales.back().lowest == plan.scales.back().highest)
        remarks.push_back("target '" + plan.columns[k] + "' is " + shortest(plan.scales.back().lowest) +
                          " in all training rows: there is nothing to learn");
    }
  }
  return plan;
}

at::Tensor target_values(const TargetPlan& plan, const Frame& frame, const std::vector<int64_t>& rows) {
  const auto comparison = comparison_in(plan.columns, &frame);
  for (const auto& name : comparison ? std::vector<std::string>{comparison->column} : plan.columns)
    if (!frame.has(name)) return {};
  const auto has = has_target(plan.columns, frame);
  for (const int64_t row : rows)
    if (!has[static_cast<size_t>(row)]) return {};
  const auto n = static_cast<int64_t>(rows.size()), outputs = static_cast<int64_t>(plan.classes.size());
  if (plan.kind == Target::single_label) {
    std::vector<int32_t> codes(rows.size());
    if (comparison) {
      const auto all = holds(*comparison, frame, kOption);
      for (size_t k = 0; k < rows.size(); ++k) codes[k] = 1 + all[static_cast<size_t>(rows[k])];
    } else {
      const Column& column = frame[plan.columns[0]];
      CategoryReader(plan.levels[0], column).read(column.take(rows), codes.data(), 1);
    }
    auto out = at::empty({n}, at::kLong);
    auto* value = out.mutable_data_ptr<int64_t>();
    for (size_t k = 0; k < rows.size(); ++k) {
      if (codes[k] == 0)
        throw DataError(frame.source(), 0,
                        row_name(rows[k]) + ": '" + frame[plan.columns[0]].show(static_cast<size_t>(rows[k])) +
                            "' in '" + plan.columns[0] + "' is a class that no training row has; leave such rows out");
      value[k] = codes[k] - 1;
    }
    return out;
  }
  auto out = at::zeros({n, outputs}, at::kFloat);
  auto* value = out.mutable_data_ptr<float>();
  if (!plan.label_delimiter.empty() && plan.kind == Target::multi_label) {
    const Column cells = to_category(frame[plan.columns[0]].take(rows));
    const auto labels = labels_by_level(cells, plan.label_delimiter);
    for (size_t k = 0; k < rows.size(); ++k)
      for (const auto& label : labels[static_cast<size_t>(cells.codes()[k])]) {
        const auto found = std::lower_bound(plan.classes.begin(), plan.classes.end(), label);
        if (found == plan.classes.end() || *found != label)
          throw DataError(frame.source(), 0,
                          row_name(rows[k]) + ": label '" + label +
                              "' is one that no training row "
                              "has; leave such rows out");
        value[static_cast<int64_t>(k) * outputs + (found - plan.classes.begin())] = 1;
      }
    return out;
  }
  for (int64_t output = 0; output < outputs; ++output) {
    const auto& name = plan.columns[static_cast<size_t>(output)];
    const auto values = numbers_of(frame[name].take(rows), name);
    for (size_t k = 0; k < rows.size(); ++k) {
      double one = values[k];
      if (plan.kind == Target::regression) {
        one = forward(plan.scales[static_cast<size_t>(output)], one);
        if (!std::isfinite(one))
          throw DataError(frame.source(), 0,
                          row_name(rows[k]) + ": '" + name + "' is " + shortest(values[k]) + ", of which " +
                              name_of(plan.scales[static_cast<size_t>(output)].transform) +
                              " has no value; leave the row out");
      }
      value[static_cast<int64_t>(k) * outputs + output] = static_cast<float>(one);
    }
  }
  return out;
}

}  // namespace tenfold::tabular
