#include "tenfold/train/callbacks/monitor.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/train/metric.h"

namespace tenfold {
namespace {

constexpr const char* kLoss = "valid_loss";

}  // namespace

Monitor::Monitor(std::string metric, double min_delta) : asked_(std::move(metric)), min_delta_(min_delta) {
  if (!(min_delta >= 0)) throw ConfigError("min_delta", "is " + std::to_string(min_delta) + "; needs 0 or more");
}

void Monitor::begin(const Learner& learner, const std::string& callback) {
  if (!learner.data().valid)
    throw ConfigError(callback,
                      "compares epochs by validation, but the data has none; add a validation split or leave this out");
  const auto& reported = learner.options().metrics;
  metric_ = asked_.empty() ? reported.front() : asked_;
  if (metric_ != kLoss && std::find(reported.begin(), reported.end(), metric_) == reported.end())
    throw ConfigError(callback, "watches \"" + metric_ + "\", which is not among the learner's metrics; add it there");
  higher_is_better_ = metric_ != kLoss && metric(metric_, learner.task().kind).higher_is_better;
  best_.reset();
}

double Monitor::value(const EpochRow& row) const {
  const auto nothing = std::numeric_limits<double>::quiet_NaN();
  if (metric_ == kLoss) return row.valid_loss.value_or(nothing);
  const auto found = row.metrics.find(metric_);
  return found == row.metrics.end() ? nothing : found->second;
}

bool Monitor::improved(const EpochRow& row) {
  const double now = value(row);
  if (std::isnan(now)) return false;
  if (best_ && !(higher_is_better_ ? now > *best_ + min_delta_ : now < *best_ - min_delta_)) return false;
  best_ = now;
  return true;
}

}  // namespace tenfold
