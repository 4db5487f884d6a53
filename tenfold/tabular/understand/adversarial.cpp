#include "tenfold/tabular/understand/adversarial.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tenfold/core/error.h"
#include "tenfold/tabular/alone.h"
#include "tenfold/tabular/category.h"
#include "tenfold/tabular/target.h"

namespace tenfold::tabular {
namespace {

constexpr double kTells = 0.55;  // AUC of a column that is worth naming
constexpr double kApart = 0.65;  // of all columns, from where validation should be made like the test
constexpr double kLeast = 1e-6;  // of a probability's variance, so that a sure row does not stop a step

std::vector<int64_t> evenly(const Frame& frame, int64_t most) {
  const auto all = static_cast<int64_t>(frame.rows()), n = std::min(all, std::max<int64_t>(most, 1));
  std::vector<int64_t> rows;
  for (int64_t k = 0; k < n; ++k) rows.push_back(k * all / n);
  return rows;
}

bool is_name(const Column& column) {
  return column.kind() == ColumnKind::category || column.kind() == ColumnKind::text ||
         column.kind() == ColumnKind::boolean;
}

/// The column of both tables, one under the other; numbers that are text in one of them are compared as text.
Levelled both(const std::string& name, const Column& first, const Column& second) {
  if (!is_name(first) && !is_name(second)) {
    auto values = first.numbers();
    const auto more = second.numbers();
    values.insert(values.end(), more.begin(), more.end());
    return in_bins(name, values);
  }
  const Column all = to_category(first).append(to_category(second));
  const Column categories = to_category(all);
  const Category levels = fit_category(name, categories, 1, static_cast<int64_t>(categories.rows()) + 1);
  Levelled out{.name = name, .code = std::vector<int32_t>(categories.rows()), .levels = 0};
  CategoryReader(levels, categories).read(categories, out.code.data(), 1);
  out.levels = static_cast<int32_t>(cardinality(levels));
  return out;
}

/// Weights by column and level, fitted on the rows of one half.
class AdditiveLogistic {
 public:
  AdditiveLogistic(const std::vector<Levelled>& columns, const std::vector<double>& target, int half,
                   const AdversarialOptions& how)
      : columns_(columns) {
    std::vector<size_t> rows;
    double positive = 0;
    for (size_t row = 0; row < target.size(); ++row)
      if (half_of(row) == half) rows.push_back(row), positive += target[row];
    const double share = (positive + 1) / (static_cast<double>(rows.size()) + 2);
    start_ = std::log(share / (1 - share));
    std::vector<double> logit(rows.size(), start_);
    for (const auto& column : columns) weights_.emplace_back(static_cast<size_t>(column.levels));
    for (int round = 0; round < how.rounds; ++round)
      for (size_t c = 0; c < columns.size(); ++c) step(c, rows, target, logit, how.ridge);
  }

  double logit(size_t row) const {
    double out = start_;
    for (size_t c = 0; c < columns_.size(); ++c) out += weights_[c][static_cast<size_t>(columns_[c].code[row])];
    return out;
  }

 private:
  void step(size_t c, const std::vector<size_t>& rows, const std::vector<double>& target, std::vector<double>& logit,
            double ridge) {
    const auto& code = columns_[c].code;
    auto& weight = weights_[c];
    std::vector<double> slope(weight.size()),
        curve(weight.size(), ridge * 0.25);  // 0.25: of a row that nothing is known of
    for (size_t k = 0; k < rows.size(); ++k) {
      const auto level = static_cast<size_t>(code[rows[k]]);
      const double p = 1 / (1 + std::exp(-logit[k]));
      slope[level] += target[rows[k]] - p;
      curve[level] += std::max(p * (1 - p), kLeast);
    }
    for (size_t level = 0; level < weight.size(); ++level) {
      slope[level] = std::clamp((slope[level] - ridge * 0.25 * weight[level]) / curve[level], -2.0, 2.0);
      weight[level] += slope[level];
    }
    for (size_t k = 0; k < rows.size(); ++k) logit[k] += slope[static_cast<size_t>(code[rows[k]])];
  }

  const std::vector<Levelled>& columns_;
  double start_ = 0;
  std::vector<std::vector<double>> weights_;
};

std::string verdict_of(const Adversarial& found) {
  char auc[16];
  std::snprintf(auc, sizeof auc, "%.3f", found.auc);
  if (found.columns.empty() && found.auc < kApart)
    return std::string("training and test rows look alike (AUC ") + auc + ")";
  std::string names;
  for (size_t k = 0; k < std::min<size_t>(found.columns.size(), 3); ++k)
    names += (k > 0 ? ", " : "") + found.columns[k].column;
  return std::string("training and test rows can be told apart (AUC ") + auc + ")" +
         (names.empty() ? "" : ", by " + names) +
         (found.auc < kApart ? "; a little"
                             : "; make the validation rows like the test (by time or group), or leave such "
                               "columns out");
}

}  // namespace

Adversarial tell_apart(const Frame& train, const Frame& test, const DataOptions& options,
                       const AdversarialOptions& how) {
  const auto targets = target_columns(options.target);
  const auto first = evenly(train, how.rows), second = evenly(test, how.rows);
  std::vector<Levelled> columns;
  for (const auto& name : train.names()) {
    const auto in = [&](const auto& list) { return std::find(list.begin(), list.end(), name) != list.end(); };
    if (test.has(name) && !in(targets) && !in(options.ignore))
      columns.push_back(both(name, train[name].take(first), test[name].take(second)));
  }
  if (columns.empty())
    throw DataError(
        test.source(), 0,
        "shares no column with " + train.source() + " but the target and ignored ones; there is nothing to compare");
  std::vector<double> target(first.size() + second.size());
  std::fill(target.begin() + static_cast<std::ptrdiff_t>(first.size()), target.end(), 1.0);
  Adversarial out;
  for (const auto& column : columns)
    if (const double auc = alone_auc(column, target); auc >= kTells) out.columns.push_back({column.name, auc});
  std::stable_sort(out.columns.begin(), out.columns.end(), [](auto& a, auto& b) { return a.auc > b.auc; });
  std::vector<double> score(target.size());
  const AdditiveLogistic models[] = {{columns, target, 1, how}, {columns, target, 0, how}};
  for (size_t row = 0; row < score.size(); ++row) score[row] = models[half_of(row)].logit(row);
  // Each half's model by itself: two models' logits need not compare.
  double sum = 0;
  for (int half = 0; half < 2; ++half) {
    std::vector<double> part, of;
    for (size_t row = 0; row < score.size(); ++row)
      if (half_of(row) == half) part.push_back(score[row]), of.push_back(target[row]);
    const double auc = auc_of(part, of);
    sum += std::isfinite(auc) ? auc : 0.5;
  }
  out.auc = sum / 2;
  out.verdict = verdict_of(out);
  return out;
}

}  // namespace tenfold::tabular
