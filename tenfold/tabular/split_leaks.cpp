#include "tenfold/tabular/split_leaks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace tenfold::tabular {
namespace {

constexpr double kGrain = 1000;     // parts of a deviation within which numbers are the same
constexpr double kOwnCopies = 0.5;  // different training rows a row, below which copies are the table's nature
constexpr double kAmount = 0.5;     // neighbours_differ(), below which whole numbers are amounts
constexpr size_t kRowsAPart = 1 << 17;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

/// One number a row, behind `out`: equal where all categories are, and all numbers to a thousandth of a deviation.
void add_likenesses(std::vector<uint64_t>& out, const Columns& columns) {
  const auto n = static_cast<size_t>(columns.codes.size(0)), c = static_cast<size_t>(columns.codes.size(1)),
             k = static_cast<size_t>(columns.continuous.size(1));
  const auto* codes = columns.codes.const_data_ptr<int32_t>();
  const auto* numbers = columns.continuous.const_data_ptr<float>();
  for (size_t row = 0; row < n; ++row) {
    uint64_t hash = 0;
    for (size_t column = 0; column < c; ++column) hash = mixed(hash, static_cast<uint64_t>(codes[row * c + column]));
    for (size_t column = 0; column < k; ++column) {
      const double part = std::clamp(static_cast<double>(numbers[row * k + column]) * kGrain, -1e15, 1e15);
      hash = mixed(hash, static_cast<uint64_t>(std::llround(part)));
    }
    out.push_back(hash);
  }
}

/// Of these rows, ascending: 8 bytes a row are all that is kept of a large table.
std::vector<uint64_t> likenesses(Preparation& preparation, std::span<const int64_t> rows) {
  std::vector<uint64_t> out;
  out.reserve(rows.size());
  for (size_t first = 0; first < rows.size(); first += kRowsAPart)
    add_likenesses(out, preparation.take(rows.subspan(first, std::min(kRowsAPart, rows.size() - first))));
  std::sort(out.begin(), out.end());
  return out;
}

size_t distinct(const std::vector<uint64_t>& sorted) {
  size_t count = sorted.empty() ? 0 : 1;
  for (size_t k = 1; k < sorted.size(); ++k) count += sorted[k] != sorted[k - 1];
  return count;
}

}  // namespace

void find_dates(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                const SplitRows& split) {
  if (split.kind == SplitKind::time || split.kind == SplitKind::purged || split.kind == SplitKind::automatic) return;
  std::vector<int64_t> rows = split.parts.train;
  rows.insert(rows.end(), split.parts.valid.begin(), split.parts.valid.end());
  std::sort(rows.begin(), rows.end());
  for (const auto& name : columns) {
    if (frame[name].kind() != ColumnKind::time) continue;
    const Column column = frame[name].take(rows);
    const auto times = column.times();
    int64_t up = 0, down = 0, pairs = 0;
    for (size_t k = 1; k < times.size(); ++k) {
      if (times[k] == null_integer || times[k - 1] == null_integer || times[k] == times[k - 1]) continue;
      ++pairs;
      ++(times[k] > times[k - 1] ? up : down);
    }
    if (pairs == 0) continue;
    const double ordered = static_cast<double>(std::max(up, down)) / static_cast<double>(pairs);
    out.push_back(
        {.column = name,
         .kind = LeakKind::date,
         .measure = "share of rows in order",
         .evidence = ordered,
         .finding = std::string(ordered >= sorted_by_date ? "the rows follow each other in time" : "rows have a time") +
                    ", and the split is " + name_of(split.kind) +
                    ": the model knows the days around those it "
                    "is asked about",
         .advice = "if you will predict the future, take --table.split time --table.split_column " + name});
  }
}

void find_groups(std::vector<Leak>& out, const Frame& frame, const std::vector<std::string>& columns,
                 const std::vector<int64_t>& rows, const Targets& targets, const SplitRows& split,
                 const DataOptions& options, const LeakOptions& limits) {
  for (const auto& name : columns) {
    const ColumnKind kind = frame[name].kind();
    if (kind == ColumnKind::real || kind == ColumnKind::boolean || kind == ColumnKind::time) continue;
    if (split.kind == SplitKind::group && options.split_column == name) continue;
    const Levelled groups = levels_of(name, frame[name].take(rows));
    const auto there = static_cast<double>(groups.levels - 1);
    if (groups.levels - 1 < limits.groups || there * 2 > static_cast<double>(rows.size())) continue;
    double alike = kNone;
    for (const auto& list : targets.lists)
      if (kind != ColumnKind::integer || !(neighbours_differ(groups, list) < kAmount))
        alike = std::fmax(alike, within_correlation(groups, list));
    if (!(alike >= limits.group)) continue;
    out.push_back({.column = name,
                   .kind = LeakKind::group,
                   .measure = "correlation within",
                   .evidence = alike,
                   .finding = std::to_string(groups.levels - 1) + " values, " +
                              fixed_text(static_cast<double>(rows.size()) / there, 1) +
                              " rows each, whose targets are alike: correlation " + fixed_text(alike) +
                              "; the same ones train and validate",
                   .advice = "if you will predict for new ones, take --table.split group --table.split_column " + name +
                             "; if for the same, this is right"});
  }
}

void find_copies(std::vector<Leak>& out, const Frame& frame, const SplitRows& split, DataOptions options,
                 const LeakOptions& limits) {
  options.scaling = Scaling::normalize;
  options.target_encode.clear();
  const auto preprocessor = fit(frame, split.parts.train, options);
  Preparation preparation(preprocessor, frame);
  const auto train = likenesses(preparation, split.parts.train);
  if (static_cast<double>(distinct(train)) < kOwnCopies * static_cast<double>(train.size())) return;
  int64_t copies = 0;
  size_t known = 0;
  for (const uint64_t like : likenesses(preparation, split.parts.valid)) {
    while (known < train.size() && train[known] < like) ++known;
    copies += known < train.size() && train[known] == like;
  }
  const double share = static_cast<double>(copies) / static_cast<double>(std::max<size_t>(split.parts.valid.size(), 1));
  if (share < limits.copies) return;
  out.push_back({.column = "",
                 .kind = LeakKind::copies,
                 .measure = "share of rows",
                 .evidence = share,
                 .finding = std::to_string(copies) + " validation row(s), " + fixed_text(100 * share, 1) +
                            " %, are (nearly) the same as a training row",
                 .advice = "remove copies from the table, or split by the group that they belong to"});
}

}  // namespace tenfold::tabular
