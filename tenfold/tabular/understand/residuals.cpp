#include "tenfold/tabular/understand/residuals.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold::tabular {

std::vector<ErrorPeriod> errors_by_time(const std::vector<int64_t>& time, const std::vector<double>& actual,
                                        const std::vector<double>& predicted, int64_t periods) {
  if (time.size() != actual.size() || time.size() != predicted.size())
    throw Error("errors by time: " + std::to_string(time.size()) + " times, " + std::to_string(actual.size()) +
                " actual and " + std::to_string(predicted.size()) + " predicted values; give one of each an item");
  if (periods < 1) throw Error("errors by time: " + std::to_string(periods) + " periods; at least 1 is needed");
  if (time.empty()) return {};
  const auto [first, last] = std::minmax_element(time.begin(), time.end());
  const double start = static_cast<double>(*first), length = static_cast<double>(*last) - start;
  struct Stretch {
    ErrorPeriod sum;
    double from = 0, to = 0;
  };
  std::vector<Stretch> all(static_cast<size_t>(periods));
  for (size_t k = 0; k < time.size(); ++k) {
    const double error = predicted[k] - actual[k], at = static_cast<double>(time[k]);
    if (!std::isfinite(error)) continue;
    const double place = length > 0 ? (at - start) / length * static_cast<double>(periods) : 0;
    auto& [sum, from, to] = all[std::min(static_cast<size_t>(place), all.size() - 1)];
    from = sum.items == 0 ? at : std::min(from, at);
    to = sum.items == 0 ? at : std::max(to, at);
    sum.bias += error;
    sum.rmse += error * error;
    ++sum.items;
  }
  std::vector<ErrorPeriod> out;
  for (const auto& [sum, from, to] : all) {
    if (sum.items == 0) continue;
    const auto count = static_cast<double>(sum.items);
    out.push_back({.middle = from + (to - from) / 2,
                   .bias = sum.bias / count,
                   .rmse = std::sqrt(sum.rmse / count),
                   .items = sum.items});
  }
  return out;
}

}  // namespace tenfold::tabular
