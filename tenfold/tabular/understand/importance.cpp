#include "tenfold/tabular/understand/importance.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"

namespace tenfold::tabular {
namespace {

/// The columns of codes and of numbers that come of one column of the table.
struct Group {
  std::vector<int64_t> codes, numbers;
};

std::vector<std::pair<std::string, Group>> groups_of(const Preprocessor& preprocessor) {
  std::vector<std::pair<std::string, Group>> out;
  const auto group = [&](const std::string& source) -> Group& {
    for (auto& [name, one] : out)
      if (name == source) return one;
    return out.emplace_back(source, Group{}).second;
  };
  for (size_t k = 0; k < preprocessor.categories.size(); ++k)
    group(preprocessor.categories[k].source).codes.push_back(static_cast<int64_t>(k));
  for (size_t k = 0; k < preprocessor.numbers.size(); ++k)
    group(preprocessor.numbers[k].source).numbers.push_back(static_cast<int64_t>(k));
  return out;
}

at::Tensor with_rows_moved(const at::Tensor& table, const std::vector<int64_t>& columns, const at::Tensor& order) {
  if (columns.empty()) return table;
  const auto which = at::tensor(columns, at::kLong);
  return table.index_copy(1, which, table.index_select(1, which).index_select(0, order));
}

}  // namespace

Importance importance(const Preprocessor& preprocessor, const Columns& columns, const Predict& predict,
                      const std::function<Score(const at::Tensor& target)>& score_for,
                      const ImportanceOptions& options) {
  if (!columns.target.defined()) throw ConfigError("columns", "have no target; importance needs one to score by");
  if (options.repeats < 1) throw ConfigError("repeats", "is " + std::to_string(options.repeats) + "; needs at least 1");
  const at::NoGradGuard no_grad;
  const int64_t all = columns.target.size(0), n = std::min(all, std::max<int64_t>(options.rows, 1));
  const auto taken = at::div(at::arange(n, at::kLong) * all, n, "floor");
  const Columns rows = select(columns, taken);
  const Score score = score_for(rows.target);
  const double sign = score.higher_is_better ? 1 : -1;
  Importance out{.metric = score.name, .base = score.of(predict(rows)), .columns = {}};
  uint64_t number = 0;
  for (const auto& [name, group] : groups_of(preprocessor)) {
    std::vector<double> drops;
    for (int repeat = 0; repeat < options.repeats; ++repeat) {
      const auto order = at::tensor(
          permutation(n, Draw(options.seed, static_cast<uint64_t>(repeat), number, Purpose::other)), at::kLong);
      drops.push_back(
          sign * (out.base - score.of(predict({.codes = with_rows_moved(rows.codes, group.codes, order),
                                               .continuous = with_rows_moved(rows.continuous, group.numbers, order),
                                               .target = rows.target}))));
    }
    ColumnImportance found{.column = name};
    const auto count = static_cast<double>(drops.size());
    for (const double drop : drops) found.drop += drop / count;
    for (const double drop : drops) found.error += (drop - found.drop) * (drop - found.drop);
    found.error = drops.size() > 1 ? std::sqrt(found.error / (count - 1) / count) : 0;
    out.columns.push_back(found);
    ++number;
  }
  std::stable_sort(out.columns.begin(), out.columns.end(),
                   [](const auto& a, const auto& b) { return a.drop > b.drop; });
  return out;
}

}  // namespace tenfold::tabular
