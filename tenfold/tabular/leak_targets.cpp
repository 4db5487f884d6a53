#include "tenfold/tabular/leak_targets.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "tenfold/tabular/target.h"

namespace tenfold::tabular {

double Targets::alone(const Levelled& column) const {
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const auto& list : lists) {
    const double value = classes ? alone_auc(column, list) : alone_r2(column, list);
    if (std::isfinite(value) && !(best >= value)) best = value;
  }
  return best;
}

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

Levelled levels_of(const std::string& name, const Column& column) {
  const Category levels = fit_category(name, column, 1, static_cast<int64_t>(column.rows()) + 1);
  Levelled out{.name = name, .code = std::vector<int32_t>(column.rows()), .levels = 0};
  CategoryReader(levels, column).read(column, out.code.data(), 1);
  out.levels = static_cast<int32_t>(cardinality(levels));
  return out;
}

std::string fixed_text(double value, int digits) {
  char out[32];
  std::snprintf(out, sizeof out, "%.*f", digits, value);
  return out;
}

}  // namespace tenfold::tabular
