#include "tenfold/data/splits.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
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

/// Items by their value, in order of the values.
std::map<int64_t, std::vector<int64_t>> items_by(const std::vector<int64_t>& values) {
  std::map<int64_t, std::vector<int64_t>> out;
  for (size_t k = 0; k < values.size(); ++k) out[values[k]].push_back(static_cast<int64_t>(k));
  return out;
}

void check_folds(int folds, int64_t n, const std::string& what) {
  if (folds < 2) throw ConfigError("data.folds", "is " + std::to_string(folds) + "; needs at least 2");
  if (folds > n)
    throw ConfigError("data.folds", "is " + std::to_string(folds) + ", but there are only " + std::to_string(n) + " " +
                                        what + "; ask for fewer folds");
}

void check_gap(int64_t gap) {
  if (gap < 0) throw ConfigError("data.gap", "is " + std::to_string(gap) + "; needs 0 or more");
}

std::vector<Parts> parts_of_folds(int64_t n, std::vector<std::vector<int64_t>> held) {
  std::vector<Parts> out;
  for (auto& valid : held) out.push_back(parts_of(n, std::move(valid)));
  return out;
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
  for (auto& [value, items] : items_by(label)) by_label[value].items = std::move(items);
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

Parts split_by_group(const std::vector<int64_t>& group, double share, uint64_t seed) {
  const auto n = static_cast<int64_t>(group.size());
  const int64_t wanted = held_out(n, share);
  const auto by_group = items_by(group);
  if (by_group.size() < 2)
    throw ConfigError("data.split", "all " + std::to_string(n) +
                                        " items are of one group; a group split needs two. Name another column, or "
                                        "split by random or time");
  std::vector<const std::vector<int64_t>*> groups;
  for (const auto& [value, items] : by_group) groups.push_back(&items);
  std::vector<int64_t> valid;
  size_t taken = 0;
  for (const int64_t k : permutation(static_cast<int64_t>(groups.size()), Draw(seed, 0, 0, Purpose::split))) {
    const auto& items = *groups[static_cast<size_t>(k)];
    const auto now = static_cast<int64_t>(valid.size()), then = now + static_cast<int64_t>(items.size());
    if (taken + 1 == groups.size() || (taken > 0 && std::abs(then - wanted) >= std::abs(now - wanted))) continue;
    valid.insert(valid.end(), items.begin(), items.end());
    ++taken;
  }
  return parts_of(n, std::move(valid));
}

Parts split_at_time(const std::vector<int64_t>& time, int64_t cutoff, int64_t gap) {
  check_gap(gap);
  Parts parts;
  int64_t before = 0;
  for (size_t k = 0; k < time.size(); ++k) {
    if (time[k] >= cutoff) {
      parts.valid.push_back(static_cast<int64_t>(k));
    } else {
      ++before;
      // The distance may exceed int64 between the ends of the range, never its unsigned kin.
      if (static_cast<uint64_t>(cutoff) - static_cast<uint64_t>(time[k]) >= static_cast<uint64_t>(gap))
        parts.train.push_back(static_cast<int64_t>(k));
    }
  }
  if (parts.valid.empty() || before == 0)
    throw ConfigError("data.cutoff", "leaves no items " + std::string(before == 0 ? "before" : "after") +
                                         " it; it must lie within the data's times");
  if (parts.train.empty())
    throw ConfigError("data.gap", "leaves out all " + std::to_string(before) +
                                      " items before the cutoff; nothing is left to train on. Make the gap shorter");
  return parts;
}

int64_t cutoff_for(const std::vector<int64_t>& time, double share) {
  const auto n = static_cast<int64_t>(time.size());
  const auto wanted = static_cast<size_t>(n - held_out(n, share));
  std::vector<int64_t> sorted = time;
  std::sort(sorted.begin(), sorted.end());
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), sorted[wanted]);
  const auto next = std::upper_bound(first, sorted.end(), sorted[wanted]);
  if (first == sorted.begin() && next == sorted.end())
    throw ConfigError("data.split", "all " + std::to_string(n) +
                                        " items have one time; a time split needs two. Name another column, or split "
                                        "at random");
  const auto below = static_cast<int64_t>(wanted) - (first - sorted.begin());
  const auto above = (next - sorted.begin()) - static_cast<int64_t>(wanted);
  const bool later = first == sorted.begin() || (next != sorted.end() && above < below);
  return later ? *next : *first;
}

Parts split_by_time(const std::vector<int64_t>& time, double share, int64_t gap) {
  return split_at_time(time, cutoff_for(time, share), gap);
}

std::vector<Parts> folds_at_random(int64_t n, int folds, uint64_t seed) {
  return folds_by_label(std::vector<int64_t>(static_cast<size_t>(n), 0), folds, seed);
}

std::vector<Parts> folds_by_label(const std::vector<int64_t>& label, int folds, uint64_t seed) {
  const auto n = static_cast<int64_t>(label.size());
  check_folds(folds, n, "items");
  std::vector<std::vector<int64_t>> held(static_cast<size_t>(folds));
  size_t dealt = 0;  // goes on from label to label, so that the folds' sizes stay even too
  uint64_t stream = 0;
  for (const auto& [value, items] : items_by(label))
    for (const int64_t k : permutation(static_cast<int64_t>(items.size()), Draw(seed, 0, ++stream, Purpose::split)))
      held[dealt++ % held.size()].push_back(items[static_cast<size_t>(k)]);
  return parts_of_folds(n, std::move(held));
}

std::vector<Parts> folds_by_group(const std::vector<int64_t>& group, int folds, uint64_t seed) {
  const auto by_group = items_by(group);
  const auto count = static_cast<int64_t>(by_group.size());
  check_folds(folds, count, "groups");
  std::vector<const std::vector<int64_t>*> groups, order;
  for (const auto& [value, items] : by_group) groups.push_back(&items);
  for (const int64_t k : permutation(count, Draw(seed, 0, 0, Purpose::split)))
    order.push_back(groups[static_cast<size_t>(k)]);
  std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->size() > b->size(); });
  std::vector<std::vector<int64_t>> held(static_cast<size_t>(folds));
  for (const auto* items : order) {
    auto& fold = *std::min_element(held.begin(), held.end(), [](auto& a, auto& b) { return a.size() < b.size(); });
    fold.insert(fold.end(), items->begin(), items->end());
  }
  return parts_of_folds(static_cast<int64_t>(group.size()), std::move(held));
}

std::vector<Parts> folds_by_time(const std::vector<int64_t>& time, int folds, int64_t gap) {
  check_gap(gap);
  const size_t n = time.size(), stretches = static_cast<size_t>(std::max(folds, 0)) + 1;
  check_folds(folds, static_cast<int64_t>(n) - 1, "items after the first");
  std::vector<int64_t> sorted = time, starts;
  std::sort(sorted.begin(), sorted.end());
  for (size_t k = 1; k < stretches; ++k) starts.push_back(sorted[k * n / stretches]);
  if (starts.front() == sorted.front() || std::adjacent_find(starts.begin(), starts.end()) != starts.end())
    throw ConfigError("data.folds", "is " + std::to_string(folds) +
                                        ", but too many items share a time to cut that often; ask for fewer folds");
  std::vector<Parts> out;
  for (size_t k = 0; k < starts.size(); ++k) {
    auto parts = split_at_time(time, starts[k], gap);
    if (k + 1 < starts.size())
      std::erase_if(parts.valid, [&](int64_t item) { return time[static_cast<size_t>(item)] >= starts[k + 1]; });
    out.push_back(std::move(parts));
  }
  return out;
}

}  // namespace tenfold
