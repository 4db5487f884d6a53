#pragma once
// Which items train and which validate: functions of the seed and of the labels, so a resumed run, a bundle and a
// colleague with the same folder get the same split. Torch-free.

#include <cstdint>
#include <vector>

namespace tenfold {

/// Numbers of items, ascending; together 0..n-1.
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

}  // namespace tenfold
