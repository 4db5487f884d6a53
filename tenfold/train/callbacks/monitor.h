#pragma once
// Which epoch is the better one: the learner's first metric decides, in its own direction.

#include <optional>
#include <string>

#include "tenfold/train/learner.h"

namespace tenfold {

/// Remembers the best value seen. A metric that is not a number is never the best.
class Monitor {
 public:
  /// `metric` empty: the first of the learner's metrics; "valid_loss": the loss. Improving takes more than `min_delta`.
  explicit Monitor(std::string metric, double min_delta = 0);

  /// Finds the metric's direction and forgets the best. Throws ConfigError where the learner does not report the
  /// metric, or has no validation data.
  void begin(const Learner& learner, const std::string& callback);
  /// True where the row's value is strictly better than the best so far, which it then becomes.
  bool improved(const EpochRow& row);

  const std::optional<double>& best() const { return best_; }
  void set_best(std::optional<double> best) { best_ = best; }
  double value(const EpochRow& row) const;

 private:
  std::string asked_, metric_;
  double min_delta_;
  bool higher_is_better_ = true;
  std::optional<double> best_;
};

}  // namespace tenfold
