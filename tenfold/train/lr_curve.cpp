#include "tenfold/train/lr_curve.h"

#include <algorithm>
#include <cmath>

#include "tenfold/core/random.h"
#include "tenfold/train/smooth.h"

namespace tenfold {
namespace {

constexpr size_t kLastPoints = 5;  // left out: the loss shoots up there

/// The part that the rules look at.
struct Window {
  size_t first = 0, last = 0;  ///< [first, last)
};

Window window(const LrCurve& curve, const std::vector<double>& loss) {
  if (loss.empty()) throw TrainingError(0, "the rate finder has no points; give it more steps or a lower first rate");
  Window window{static_cast<size_t>(std::max(curve.steps, 0) / 10), loss.size() - std::min(loss.size(), kLastPoints)};
  if (window.last < window.first + 2) window = {0, loss.size()};
  const auto from = loss.begin() + static_cast<std::ptrdiff_t>(window.first);
  const auto to = loss.begin() + static_cast<std::ptrdiff_t>(window.last);
  const auto broken = std::find_if(from, to, [](double value) { return std::isnan(value); });
  window.last = static_cast<size_t>(broken - loss.begin());
  if (window.last == window.first)
    throw TrainingError(0, "the rate finder saw no finite loss; give it a lower first rate");
  return window;
}

/// fastai 2.x's rule as it computes it: the longest strictly decreasing subsequence ends at e and has d points; with s
/// = e - d (by index, not its true start) the answer lies half a third beyond the first third of s..e.
size_t valley_index(const double* loss, size_t count) {
  std::vector<size_t> length(count, 1);
  size_t best = 0;
  for (size_t i = 1; i < count; ++i) {
    for (size_t j = 0; j < i; ++j)
      if (loss[i] < loss[j]) length[i] = std::max(length[i], length[j] + 1);
    if (length[i] > length[best]) best = i;
  }
  if (length[best] == 1) return 0;
  const double start = static_cast<double>(best) - static_cast<double>(length[best]);
  const double third = (static_cast<double>(best) - start) / 3;
  return static_cast<size_t>(std::max(0.0, start + std::floor(third) + std::floor(third / 2)));
}

double valley_of(const LrCurve& curve, const std::vector<double>& loss) {
  const auto [first, last] = window(curve, loss);
  return curve.lr[first + valley_index(loss.data() + first, last - first)];
}

/// Means of up to 2 · reach + 1 neighbours: the trend that noise is measured from.
std::vector<double> trend(const std::vector<double>& raw) {
  constexpr int64_t kReach = 4;
  const auto count = static_cast<int64_t>(raw.size());
  std::vector<double> means(raw.size());
  for (int64_t i = 0; i < count; ++i) {
    const int64_t reach = std::min({kReach, i, count - 1 - i});
    double sum = 0;
    for (int64_t j = i - reach; j <= i + reach; ++j) sum += raw[static_cast<size_t>(j)];
    means[static_cast<size_t>(i)] = sum / static_cast<double>(2 * reach + 1);
  }
  return means;
}

}  // namespace

double LrCurve::valley() const { return valley_of(*this, loss); }

double LrCurve::slide() const {
  constexpr std::ptrdiff_t kApart = 15;
  constexpr double kThreshold = 0.005;
  const auto [first, last] = window(*this, loss);
  const double* y = loss.data() + first;
  const auto count = static_cast<std::ptrdiff_t>(last - first);
  const auto slope = [&](std::ptrdiff_t i) {  // central differences, one-sided at the ends
    const std::ptrdiff_t before = std::max<std::ptrdiff_t>(i - 1, 0), after = std::min(i + 1, count - 1);
    return after > before ? (y[after] - y[before]) / static_cast<double>(after - before) : 0.0;
  };
  std::ptrdiff_t right = count - 1, left = right - kApart;
  std::ptrdiff_t answer = std::max<std::ptrdiff_t>(left, 0);
  for (; left >= 0 && std::abs(slope(right) - slope(left)) > kThreshold; --right, --left) answer = left;
  return lr[first + static_cast<size_t>(answer)];
}

double LrCurve::minimum() const {
  const auto [first, last] = window(*this, loss);
  const auto begin = loss.begin();
  const auto lowest =
      std::min_element(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(last));
  return lr[static_cast<size_t>(lowest - begin)] / 10;
}

double LrCurve::steep() const {
  const auto [first, last] = window(*this, loss);
  size_t answer = first;
  double steepest = 0;
  for (size_t i = first; i + 1 < last; ++i) {
    const double slope = (loss[i + 1] - loss[i]) / (std::log(lr[i + 1]) - std::log(lr[i]));
    if (i > first && slope >= steepest) continue;
    steepest = slope;
    answer = i;
  }
  return lr[answer];
}

std::pair<double, double> LrCurve::valley_range() const {
  constexpr int kCurves = 200;
  window(*this, loss);  // throws where there is nothing to read
  const auto means = trend(raw);
  std::vector<double> answers;
  for (int k = 0; k < kCurves; ++k) {
    Draw draw(0, 0, static_cast<uint64_t>(k), Purpose::other);
    SmoothLoss smooth;
    std::vector<double> again(raw.size());
    for (size_t i = 0; i < raw.size(); ++i) {
      smooth.add(draw.chance(0.5) ? raw[i] : 2 * means[i] - raw[i]);
      again[i] = smooth.value();
    }
    answers.push_back(valley_of(*this, again));
  }
  std::sort(answers.begin(), answers.end());
  return {answers[kCurves / 10], answers[kCurves - 1 - kCurves / 10]};
}

Json to_json(const LrCurve& curve) {
  Json json = {
      {"lr", curve.lr}, {"loss", curve.loss}, {"raw", curve.raw}, {"steps", curve.steps}, {"diverged", curve.diverged}};
  if (curve.loss.empty()) return json;
  const auto [low, high] = curve.valley_range();
  json["suggestions"] = {
      {"valley", curve.valley()}, {"slide", curve.slide()}, {"minimum", curve.minimum()}, {"steep", curve.steep()}};
  json["range"] = {low, high};
  return json;
}

}  // namespace tenfold
