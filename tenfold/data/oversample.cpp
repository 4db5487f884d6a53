#include "tenfold/data/oversample.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "tenfold/core/random.h"

namespace tenfold {
namespace {

using Classes = std::map<int64_t, std::vector<int64_t>>;  // items by label

Classes by_label(const std::vector<int64_t>& label) {
  Classes classes;
  for (size_t k = 0; k < label.size(); ++k) classes[label[k]].push_back(static_cast<int64_t>(k));
  return classes;
}

size_t largest(const Classes& classes) {
  size_t most = 0;
  for (const auto& [label, items] : classes) most = std::max(most, items.size());
  return most;
}

}  // namespace

int64_t balanced_size(const std::vector<int64_t>& label) {
  const auto classes = by_label(label);
  return static_cast<int64_t>(classes.size() * largest(classes));
}

std::vector<int64_t> balanced_order(const std::vector<int64_t>& label, uint64_t seed, uint64_t epoch) {
  const auto classes = by_label(label);
  const size_t most = largest(classes);
  std::vector<int64_t> all;
  uint64_t stream = 0;
  for (const auto& [value, items] : classes) {
    const auto chosen =
        permutation(static_cast<int64_t>(items.size()), Draw(seed, epoch, stream++, Purpose::oversample));
    for (size_t k = 0; k < most; ++k) all.push_back(items[static_cast<size_t>(chosen[k % items.size()])]);
  }
  std::vector<int64_t> order;
  for (const int64_t place : permutation(static_cast<int64_t>(all.size()), Draw(seed, epoch, 0, Purpose::order)))
    order.push_back(all[static_cast<size_t>(place)]);
  return order;
}

std::vector<int64_t> repeats_of(const std::vector<int64_t>& order) {
  std::unordered_map<int64_t, int64_t> seen;
  std::vector<int64_t> repeats;
  for (const int64_t item : order) repeats.push_back(seen[item]++);
  return repeats;
}

}  // namespace tenfold
