#include "tenfold/tabular/preprocess.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "tenfold/core/error.h"
#include "tenfold/tabular/kinds.h"
#include "tenfold/tabular/sources.h"
#include "tenfold/tabular/target.h"
#include "tenfold/tabular/target_encode.h"

namespace tenfold::tabular {
namespace {

constexpr int64_t kMostEncodedClasses = 10;  // more columns of means than that are more noise than signal

void check(const DataOptions& options) {
  const auto at_least = [](const char* option, int64_t value, int64_t least) {
    if (value < least)
      throw ConfigError(option, "is " + std::to_string(value) + "; needs at least " + std::to_string(least));
  };
  at_least("table.category_limit", options.category_limit, 0);
  at_least("table.max_levels", options.max_levels, 1);
  at_least("table.min_count", options.min_count, 1);
  at_least("table.quantiles", options.quantiles, 2);
  at_least("table.target_encode_folds", options.target_encode_folds, 2);
  if (!(options.target_encode_smoothing >= 0))
    throw ConfigError("table.target_encode_smoothing",
                      "is " + shortest(options.target_encode_smoothing) + "; needs 0 or more");
}

/// All rows of a column without a copy, else those named.
Column rows_of(const Sources::Of& of, const std::vector<int64_t>& rows, bool whole) {
  return whole && !of.places ? of.column : of.take(rows);
}

bool is_whole(const std::vector<int64_t>& rows, size_t all) {
  if (rows.size() != all) return false;
  for (size_t k = 0; k < rows.size(); ++k)
    if (rows[k] != static_cast<int64_t>(k)) return false;
  return true;
}

/// What one source became.
struct Fitted {
  Judgement judgement;
  std::optional<Category> category, missing;
  std::optional<Number> number;
  int64_t infinite = 0;
  std::string problem;  ///< said once all columns are done, so that the first is the same for any number of threads
};

/// The first value that is there and no number; the first of all where each is one, as "007" may be.
std::pair<size_t, std::string> first_word(const Column& values) {
  for (size_t row = 0; row < values.rows(); ++row)
    if (const auto text = values.show(row); !values.is_null(row) && std::isnan(number_of(text))) return {row, text};
  return {0, values.show(0)};
}

Fitted fit_source(const Source& source, const Column& values, const DataOptions& options) {
  Fitted out{.judgement = judge_source(source, values, options)};
  if (out.judgement.use == Use::category) {
    out.category = fit_category(source.column, values, options.min_count, options.max_levels);
    out.category->source = source.source;
  }
  if (out.judgement.use != Use::number) return out;
  if (values.kind() == ColumnKind::category || values.kind() == ColumnKind::text) {
    const auto [row, text] = first_word(values);
    out.problem = "lists '" + source.column + "', which is " + name_of(values.kind()) + " (training row " +
                  std::to_string(row + 1) + " has '" + text +
                  "'); correct the cells that are no numbers, or take it as a category";
    return out;
  }
  auto numbers = values.numbers();
  const auto missing = std::count_if(numbers.begin(), numbers.end(), [](double v) { return !std::isfinite(v); });
  out.infinite = std::count_if(numbers.begin(), numbers.end(), [](double v) { return std::isinf(v); });
  out.number = Number{.name = source.column, .column = source.column, .source = source.source};
  out.number->integral = values.kind() == ColumnKind::integer;
  fit_number(*out.number, numbers, options);
  if (missing > 0 && options.missing_columns)
    out.missing = Category{.name = source.column + "_na",
                           .column = source.column,
                           .source = source.source,
                           .levels = LevelType::missing,
                           .integers = {0, 1}};
  return out;
}

/// The targets that level means are taken of, one list an output.
std::vector<std::vector<double>> encoded_targets(const TargetPlan& plan, const at::Tensor& target) {
  const auto n = static_cast<size_t>(target.size(0));
  std::vector<std::vector<double>> out;
  if (plan.kind == Target::single_label) {
    const auto* classes = target.const_data_ptr<int64_t>();
    const auto count = static_cast<int64_t>(plan.classes.size());
    if (count > kMostEncodedClasses)
      throw ConfigError("table.target_encode", "makes a column a class, and there are " + std::to_string(count) +
                                                   " classes; it is for up to " + std::to_string(kMostEncodedClasses) +
                                                   ". Leave it out");
    for (int64_t one = count == 2 ? 1 : 0; one < count; ++one) {
      auto& list = out.emplace_back(n);
      for (size_t k = 0; k < n; ++k) list[k] = classes[k] == one;
    }
    return out;
  }
  const auto outputs = static_cast<size_t>(target.size(1));
  const auto* values = target.const_data_ptr<float>();
  for (size_t one = 0; one < outputs; ++one) {
    auto& list = out.emplace_back(n);
    for (size_t k = 0; k < n; ++k) list[k] = static_cast<double>(values[k * outputs + one]);
  }
  return out;
}

const Category& category_named(const Preprocessor& preprocessor, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& category : preprocessor.categories) {
    if (category.name == name) return category;
    known.push_back(category.name);
  }
  const std::string near = nearest(name, known);
  throw ConfigError(
      "table.target_encode",
      "'" + name + "' is no category" + (near.empty() ? "; list it in categorical" : "; nearest is '" + near + "'"));
}

EncodeOptions encode_options(const Preprocessor& preprocessor) {
  return {.folds = preprocessor.target_encode_folds, .smoothing = preprocessor.target_encode_smoothing};
}

std::vector<int32_t> codes_of(const Category& category, const Sources& sources, const std::vector<int64_t>& rows) {
  std::vector<int32_t> out(rows.size());
  const auto of = sources[category.column];
  CategoryReader(category, of.column).read(of.take(rows), out.data(), 1);
  return out;
}

void fit_encodings(Preprocessor& preprocessor, const Sources& sources, const Frame& frame,
                   const std::vector<int64_t>& rows, const DataOptions& options) {
  if (options.target_encode.empty()) return;
  const auto targets = encoded_targets(preprocessor.target, target_values(preprocessor.target, frame, rows));
  const auto& classes = preprocessor.target.classes;
  for (const auto& name : options.target_encode) {
    const Category& category = category_named(preprocessor, name);
    const auto codes = codes_of(category, sources, rows);
    for (size_t output = 0; output < targets.size(); ++output) {
      Number number{.name = name + "_mean" + (targets.size() > 1 ? "_" + classes[output] : ""),
                    .column = category.column,
                    .source = category.source};
      number.encodes = name;
      number.output = static_cast<int64_t>(output);
      number.means = level_means(codes, targets[output], cardinality(category), encode_options(preprocessor));
      auto values = out_of_fold_means(codes, targets[output], cardinality(category), encode_options(preprocessor));
      fit_number(number, values, options);
      preprocessor.numbers.push_back(std::move(number));
    }
  }
}

}  // namespace

std::vector<int64_t> all_rows(const Frame& frame) {
  std::vector<int64_t> rows(frame.rows());
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

Preprocessor fit(const Frame& frame, const std::vector<int64_t>& rows, const DataOptions& options) {
  check(options);
  if (rows.empty()) throw ConfigError("table.path", frame.source() + " leaves no rows to train on");
  Decided decided = decide_columns(frame, options);
  Preprocessor out{.plan = std::move(decided.plan),
                   .dates = std::move(decided.dates),
                   .date_time = options.date_time,
                   .cyclic = options.cyclic,
                   .target_encode_folds = options.target_encode_folds,
                   .target_encode_smoothing = options.target_encode_smoothing};
  out.target = plan_target(frame, rows, options, out.remarks);
  const Sources sources(frame, out.dates, detail_of(out.date_time), cycles_of(out.cyclic), out.remarks);
  const auto& list = decided.sources;
  const bool whole = is_whole(rows, frame.rows());
  std::vector<Fitted> fitted(list.size());
  at::parallel_for(0, static_cast<int64_t>(list.size()), 1, [&](int64_t from, int64_t to) {
    for (auto k = static_cast<size_t>(from); k < static_cast<size_t>(to); ++k)
      fitted[k] = fit_source(list[k], rows_of(sources[list[k].column], rows, whole), options);
  });
  std::vector<Category> missing;
  for (size_t k = 0; k < list.size(); ++k) {
    Fitted& one = fitted[k];
    if (!one.problem.empty()) throw ConfigError("table.continuous", one.problem);
    if (one.infinite > 0)
      out.remarks.push_back("'" + list[k].column + "' is infinite in " + std::to_string(one.infinite) +
                            " training row(s), taken as missing");
    if (one.category) out.categories.push_back(std::move(*one.category));
    if (one.number) out.numbers.push_back(std::move(*one.number));
    if (one.missing) missing.push_back(std::move(*one.missing));
    if (list[k].part) continue;
    for (auto& plan : out.plan)
      if (plan.name == list[k].column) plan = plan_of(plan.name, one.judgement);
  }
  std::move(missing.begin(), missing.end(), std::back_inserter(out.categories));
  if (out.categories.empty() && out.numbers.empty()) {
    std::string reasons;
    for (const auto& plan : out.plan)
      if (plan.use == "ignored") reasons += (reasons.empty() ? ": '" : "; '") + plan.name + "' " + plan.reason;
    throw ConfigError("table.path", frame.source() + " has no column to learn from" + reasons +
                                        ". Take more rows, or list columns in categorical or continuous");
  }
  fit_encodings(out, sources, frame, rows, options);
  return out;
}

TableShape shape_of(const Preprocessor& preprocessor) {
  TableShape shape{.continuous = static_cast<int64_t>(preprocessor.numbers.size())};
  for (const auto& category : preprocessor.categories) shape.levels.push_back(cardinality(category));
  return shape;
}

nn::Task task_of(const Preprocessor& preprocessor) {
  nn::Task task{.classes = static_cast<int64_t>(preprocessor.target.classes.size())};
  task.kind = preprocessor.target.kind == Target::single_label  ? nn::TaskKind::single_label
              : preprocessor.target.kind == Target::multi_label ? nn::TaskKind::multi_label
                                                                : nn::TaskKind::regression;
  return task;
}

at::Tensor to_unit(const Preprocessor& preprocessor, const at::Tensor& predicted) {
  const auto& scales = preprocessor.target.scales;
  if (std::all_of(scales.begin(), scales.end(),
                  [](const auto& scale) { return scale.transform == TargetTransform::none; }))
    return predicted;
  auto out = predicted.detach().to(at::kFloat).contiguous().clone();
  const auto outputs = static_cast<int64_t>(scales.size());
  auto* values = out.mutable_data_ptr<float>();
  for (int64_t k = 0; k < out.numel(); ++k)
    values[k] = static_cast<float>(inverse(scales[static_cast<size_t>(k % outputs)], static_cast<double>(values[k])));
  return out;
}

Preprocessor preprocessor_of(const Json& tree, const std::string& path) {
  Preprocessor out;
  try {
    assign(out, tree);
  } catch (const ConfigError& error) {
    throw DataError(path, 0, "is no preprocessor of a table: " + std::string(error.what()));
  }
  return out;
}

}  // namespace tenfold::tabular
