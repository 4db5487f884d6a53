#pragma once
// Oversampling: every class as often in an epoch as the largest one. Which items come once more is drawn anew each
// epoch, so that none is favoured.

#include <cstdint>
#include <vector>

namespace tenfold {

/// Items in such an epoch: classes that occur, times the count of the largest.
int64_t balanced_size(const std::vector<int64_t>& label);

/// Numbers of items in the order of an epoch, a function of (seed, epoch). An item of a class with c of at most m items
/// comes floor(m / c) times, and m mod c of them, drawn without repetition, once more. `label` is one number an item,
/// any values.
std::vector<int64_t> balanced_order(const std::vector<int64_t>& label, uint64_t seed, uint64_t epoch);

/// For each place of an order, how often its item has come before.
std::vector<int64_t> repeats_of(const std::vector<int64_t>& order);

}  // namespace tenfold
