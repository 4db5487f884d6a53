#include "tenfold/data/splits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>

#include "tenfold/core/error.h"
#include "tenfold/core/random.h"

namespace tenfold {
namespace {

/// Items to hold out of n, checked.
int64_t held_out(int64_t n, double share) {
  if (!(share > 0 && share < 1))
    throw ConfigError("data.valid_share", "is " + std::to_string(share) + "; needs more than 0 and less than 1");
  if (n < 2)
    throw ConfigError("data.valid_share",
                      "cannot be taken of " + std::to_string(n) + " item(s); at least 2 are needed");
  return std::clamp<int64_t>(std::llround(share * static_cast<double>(n)), 1, n - 1);
}

Parts parts_of(int64_t n, std::vector<int64_t> valid) {
  std::sort(valid.begin(), valid.end());
  std::vector<int64_t> all(static_cast<size_t>(n)), train;
  std::iota(all.begin(), all.end(), int64_t{0});
  std::set_difference(all.begin(), all.end(), valid.begin(), valid.end(), std::back_inserter(train));
  return {std::move(train), std::move(valid)};
}

}  // namespace

Parts split_at_random(int64_t n, double share, uint64_t seed) {
  const int64_t count = held_out(n, share);
  auto order = permutation(n, Draw(seed, 0, 0, Purpose::split));
  order.resize(static_cast<size_t>(count));
  return parts_of(n, std::move(order));
}

Parts split_by_label(const std::vector<int64_t>& label, double share, uint64_t seed) {
  const int64_t n = static_cast<int64_t>(label.size());
  struct Group {
    std::vector<int64_t> items;
    int64_t take = 0;
    double remainder = 0;
  };
  int64_t left = held_out(n, share);
  std::map<int64_t, Group> by_label;
  for (int64_t k = 0; k < n; ++k) by_label[label[static_cast<size_t>(k)]].items.push_back(k);
  std::vector<Group*> groups;
  for (auto& [value, group] : by_label) {
    const auto size = static_cast<int64_t>(group.items.size());
    const double exact = share * static_cast<double>(size);
    group.take = size < 2 ? 0 : std::clamp<int64_t>(static_cast<int64_t>(std::floor(exact)), 1, size - 1);
    group.remainder = exact - static_cast<double>(group.take);
    left -= group.take;
    groups.push_back(&group);
  }
  std::stable_sort(groups.begin(), groups.end(), [](auto* a, auto* b) { return a->remainder > b->remainder; });
  for (auto* group : groups)
    if (left > 0 && group->take + 1 < static_cast<int64_t>(group->items.size())) ++group->take, --left;
  std::vector<int64_t> valid;
  uint64_t stream = 0;
  for (const auto& [value, group] : by_label) {
    const auto order = permutation(static_cast<int64_t>(group.items.size()), Draw(seed, 0, ++stream, Purpose::split));
    for (int64_t k = 0; k < group.take; ++k)
      valid.push_back(group.items[static_cast<size_t>(order[static_cast<size_t>(k)])]);
  }
  return parts_of(n, std::move(valid));
}

}  // namespace tenfold
