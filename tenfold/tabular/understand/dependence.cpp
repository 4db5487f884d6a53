#include "tenfold/tabular/understand/dependence.h"

#include <torch/types.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "tenfold/core/error.h"

namespace tenfold::tabular {
namespace {

template <class List>
std::optional<int64_t> place_of(const List& list, const std::string& name) {
  for (size_t k = 0; k < list.size(); ++k)
    if (list[k].name == name) return static_cast<int64_t>(k);
  return std::nullopt;
}

[[noreturn]] void refuse(const Preprocessor& preprocessor, const std::string& name) {
  std::vector<std::string> known;
  for (const auto& one : preprocessor.categories) known.push_back(one.name);
  for (const auto& one : preprocessor.numbers) known.push_back(one.name);
  const std::string near = nearest(name, known);
  throw ConfigError(
      "column", "'" + name + "' is none that the network reads" + (near.empty() ? "" : "; nearest is '" + near + "'"));
}

void add_means(Dependence& out, const at::Tensor& predicted) {
  const auto mean = (predicted.dim() == 1 ? predicted.unsqueeze(1) : predicted).to(at::kDouble).mean(0).contiguous();
  out.mean.resize(static_cast<size_t>(mean.numel()));
  for (size_t k = 0; k < out.mean.size(); ++k) out.mean[k].push_back(mean.const_data_ptr<double>()[k]);
}

std::vector<float> grid_of(const at::Tensor& values, int64_t points) {
  const auto sorted = std::get<0>(values.to(at::kFloat).contiguous().sort());
  const auto* at = sorted.const_data_ptr<float>();
  const int64_t n = sorted.numel();
  std::vector<float> grid;
  for (int64_t k = 0; k < points; ++k) {
    const float value = at[points > 1 ? k * (n - 1) / (points - 1) : n / 2];
    if (grid.empty() || value > grid.back()) grid.push_back(value);
  }
  return grid;
}

}  // namespace

Dependence dependence(const Preprocessor& preprocessor, const Columns& columns, const Predict& predict,
                      const std::string& name, const DependenceOptions& options) {
  const at::NoGradGuard no_grad;
  const auto category = place_of(preprocessor.categories, name), number = place_of(preprocessor.numbers, name);
  if (!category && !number) refuse(preprocessor, name);
  const int64_t all = columns.codes.size(0), n = std::min(all, std::max<int64_t>(options.rows, 1));
  Columns rows = select(columns, at::div(at::arange(n, at::kLong) * all, n, "floor"));
  Dependence out{.column = name, .x = {}, .level = {}, .items = {}, .mean = {}};
  if (number) {
    const auto& one = preprocessor.numbers[static_cast<size_t>(*number)];
    for (const float value : grid_of(columns.continuous.select(1, *number), options.points)) {
      rows.continuous = rows.continuous.clone();
      rows.continuous.select(1, *number).fill_(value);
      out.x.push_back(unscaled(one, value));
      add_means(out, predict(rows));
    }
    return out;
  }
  const auto& one = preprocessor.categories[static_cast<size_t>(*category)];
  const auto counts = at::bincount(columns.codes.select(1, *category).to(at::kLong), {}, cardinality(one)).contiguous();
  const auto* count = counts.const_data_ptr<int64_t>();
  std::vector<int64_t> codes(static_cast<size_t>(cardinality(one)));
  std::iota(codes.begin(), codes.end(), int64_t{0});
  std::stable_sort(codes.begin(), codes.end(), [&](int64_t a, int64_t b) { return count[a] > count[b]; });
  for (const int64_t code : codes) {
    if (count[code] == 0 || static_cast<int64_t>(out.level.size()) == options.levels) break;
    rows.codes = rows.codes.clone();
    rows.codes.select(1, *category).fill_(code);
    out.level.push_back(level_name(one, code));
    out.items.push_back(count[code]);
    add_means(out, predict(rows));
  }
  return out;
}

}  // namespace tenfold::tabular
