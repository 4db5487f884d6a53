#pragma once
// Which items train and which validate: functions of the seed and of the labels, groups or times, so a resumed run, a
// bundle and a colleague with the same data get the same split. Torch-free.

#include <cstdint>
#include <vector>

namespace tenfold {

/// Numbers of items, ascending; together 0..n-1, but for those that a gap leaves out.
struct Parts {
  std::vector<int64_t> train, valid;
};

/// `share` of n items validate, rounded, at least one; which ones is a function of the seed. Throws
/// ConfigError("data.valid_share") unless 0 < share < 1 and n >= 2.
Parts split_at_random(int64_t n, double share, uint64_t seed);

/// The same, with each label's share kept: every label that occurs twice or more is on both sides, one that occurs once
/// trains. `label` is one number an item, any values. Rounding goes by largest remainder, so the parts' sizes are those
/// of a random split.
Parts split_by_label(const std::vector<int64_t>& label, double share, uint64_t seed);

/// Whole groups validate, for data in which items of a group resemble each other (a patient's pictures, a customer's
/// orders). Groups come in an order of the seed; each joins the held-out ones where that brings their items nearer to
/// `share`, at least one, never all. Throws ConfigError("data.split") where there are not two groups.
Parts split_by_group(const std::vector<int64_t>& group, double share, uint64_t seed);

/// What came last validates: items at `cutoff` or later. Those less than `gap` before it are left out of both parts, so
/// that features which look back, and targets which look ahead, by up to `gap` do not reach over (purging: López de
/// Prado, "Advances in Financial Machine Learning", 2018, ch. 7). Throws ConfigError("data.cutoff") where either part
/// would be empty, ConfigError("data.gap") where gap < 0 or nothing is left to train on.
Parts split_at_time(const std::vector<int64_t>& time, int64_t cutoff, int64_t gap = 0);

/// The same at the time that makes the validation part nearest to `share`; items of one time stay together. Throws
/// ConfigError("data.split") where all items have one time.
Parts split_by_time(const std::vector<int64_t>& time, double share, int64_t gap = 0);

/// The cutoff that split_by_time() takes.
int64_t cutoff_for(const std::vector<int64_t>& time, double share);

/// `folds` ways to split, in which each item validates once; sizes differ by one at most. Throws
/// ConfigError("data.folds") unless 2 <= folds <= n.
std::vector<Parts> folds_at_random(int64_t n, int folds, uint64_t seed);

/// The same with each label spread evenly: its counts in two folds differ by one at most.
std::vector<Parts> folds_by_label(const std::vector<int64_t>& label, int folds, uint64_t seed);

/// The same with each group in one fold. The largest group goes first, each to the fold with the fewest items; the seed
/// decides among equals. Throws ConfigError("data.folds") where there are fewer groups than folds.
std::vector<Parts> folds_by_group(const std::vector<int64_t>& group, int folds, uint64_t seed);

/// Time cut into folds + 1 stretches of about equal numbers of items; fold k trains on the stretches before stretch
/// k + 1, less those within `gap` of it, and validates on that. Items of one time stay together. Throws
/// ConfigError("data.folds") where there are too few times.
std::vector<Parts> folds_by_time(const std::vector<int64_t>& time, int folds, int64_t gap = 0);

}  // namespace tenfold
