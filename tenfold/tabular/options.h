#pragma once
// Options of table data: what is learnt, which columns are what, how they are prepared, how they are split. Torch-free.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/data/text_source.h"

namespace tenfold::tabular {

/// What is learnt.
enum class Target { automatic, single_label, multi_label, regression };
constexpr auto names(Target) {
  return std::to_array<std::pair<Target, std::string_view>>({{Target::automatic, "auto"},
                                                             {Target::single_label, "single_label"},
                                                             {Target::multi_label, "multi_label"},
                                                             {Target::regression, "regression"}});
}

/// What stands for a missing number.
enum class Fill { median, constant, mode };
constexpr auto names(Fill) {
  return std::to_array<std::pair<Fill, std::string_view>>(
      {{Fill::median, "median"}, {Fill::constant, "constant"}, {Fill::mode, "mode"}});
}

/// What brings numbers to one scale. normalize: (x - mean) / (deviation + 1e-7), fastai's. quantile: their rank among
/// the training rows, as a normal deviate.
enum class Scaling { normalize, quantile, none };
constexpr auto names(Scaling) {
  return std::to_array<std::pair<Scaling, std::string_view>>(
      {{Scaling::normalize, "normalize"}, {Scaling::quantile, "quantile"}, {Scaling::none, "none"}});
}

/// What a regression learns instead of the target itself; predictions are turned back. Box & Cox 1964.
enum class TargetTransform { none, log, log1p, box_cox, standardise };
constexpr auto names(TargetTransform) {
  return std::to_array<std::pair<TargetTransform, std::string_view>>({{TargetTransform::none, "none"},
                                                                      {TargetTransform::log, "log"},
                                                                      {TargetTransform::log1p, "log1p"},
                                                                      {TargetTransform::box_cox, "box_cox"},
                                                                      {TargetTransform::standardise, "standardise"}});
}

/// How rows are parted. automatic: valid_rows or valid where given, by time where a cutoff or a gap is, by group where
/// split_column names no time, else stratified for classes and random for numbers.
enum class SplitKind { automatic, random, stratified, group, time, purged };
constexpr auto names(SplitKind) {
  return std::to_array<std::pair<SplitKind, std::string_view>>({{SplitKind::automatic, "auto"},
                                                                {SplitKind::random, "random"},
                                                                {SplitKind::stratified, "stratified"},
                                                                {SplitKind::group, "group"},
                                                                {SplitKind::time, "time"},
                                                                {SplitKind::purged, "purged"}});
}

struct DataOptions {
  std::string path;
  std::string valid;
  std::string test;
  Encoding encoding = Encoding::automatic;
  bool day_first = false;
  std::vector<std::string> target{};
  Target kind = Target::automatic;
  std::string label_delimiter;
  std::vector<std::string> categorical{};
  std::vector<std::string> continuous{};
  std::vector<std::string> ignore{};
  std::vector<std::string> dates{};
  bool date_parts = true;
  bool date_time = false;
  bool cyclic = false;
  std::vector<std::string> elapsed{};
  std::string elapsed_by;
  int64_t category_limit = 20;
  int64_t max_levels = 100000;
  int64_t min_count = 1;
  Fill fill = Fill::median;
  double fill_value = 0;
  bool missing_columns = true;
  Scaling scaling = Scaling::normalize;
  int64_t quantiles = 1000;
  TargetTransform target_transform = TargetTransform::none;
  std::vector<std::string> target_encode{};
  int target_encode_folds = 5;
  double target_encode_smoothing = 20;
  SplitKind split = SplitKind::automatic;
  std::string split_column;
  double valid_share = 0.2;
  std::string cutoff;
  double gap = 0;
  std::string train_rows;
  std::string valid_rows;
  int folds = 5;
};

template <class Visitor>
void fields(Visitor&& visit, DataOptions& o) {
  visit("path", o.path, "CSV file with a header; a row is an item");
  visit("valid", o.valid, "CSV file to validate on, with the same columns; empty keeps part of path for it");
  visit("test", o.test, "CSV file to predict; a target in it is used to measure, and not needed");
  visit("encoding", o.encoding,
        "how characters are written in the files; auto is UTF-8, and UTF-16 where its mark begins the file. latin1 for "
        "old tables of western Europe");
  visit("day_first", o.day_first,
        "3/4/2013 is the 3rd of April; off takes it for March 4th where no value of the column says otherwise");
  visit("target", o.target,
        "column(s) to predict; several of 0 and 1 are labels, of other numbers a regression. A comparison makes two "
        "classes: 'arr_delay > 15'");
  visit("kind", o.kind,
        "single_label, multi_label or regression; auto takes text, yes/no and whole numbers with few values as "
        "classes, other numbers as a regression");
  visit("label_delimiter", o.label_delimiter,
        "separates several labels in one cell of the target, which makes the task multi-label");
  visit("categorical", o.categorical, "columns whose values are names, whatever they look like; each gets a vector");
  visit("continuous", o.continuous, "columns whose values are amounts; they must be numbers");
  visit("ignore", o.ignore,
        "columns to leave out: row numbers, and all that is known only after the target, or validation looks better "
        "than life");
  visit("dates", o.dates, "columns that are dates; empty finds them. Each becomes the columns of date_parts");
  visit("date_parts", o.date_parts,
        "make year, month, week, day, weekday, ends and starts, and elapsed seconds of dates (fastai's add_datepart); "
        "off leaves dates out");
  visit("date_time", o.date_time, "hour, minute and second of dates, too");
  visit("cyclic", o.cyclic,
        "sines and cosines of weekday, month and year of dates, too, so that December is near January");
  visit("elapsed", o.elapsed,
        "columns of yes/no events: adds days since the last and until the next one, and how many in the 7 rows before "
        "and behind (fastai's add_elapsed_times). Rows to predict need their neighbours in the same file");
  visit("elapsed_by", o.elapsed_by, "elapsed: the column of the group in which events count, such as the shop");
  visit("category_limit", o.category_limit,
        "whole numbers with at most this many values are taken as categories; more makes more columns vectors");
  visit("max_levels", o.max_levels,
        "most levels of a category, the frequent ones; the others share one. Fewer is smaller and generalises better");
  visit("min_count", o.min_count,
        "levels seen less often than this in the training rows share one; 5 to 50 where a category has a long tail");
  visit("fill", o.fill, "what stands for a missing number: the training rows' median or mode, or a constant");
  visit("fill_value", o.fill_value, "fill = constant: this number");
  visit("missing_columns", o.missing_columns,
        "a category NAME_na beside each number that is missing in training rows, so that missing may mean something");
  visit("scaling", o.scaling,
        "normalize (mean 0, deviation 1, fastai's), quantile (ranks as a normal distribution: tames outliers and "
        "skew, loses distances) or none");
  visit("quantiles", o.quantiles, "scaling = quantile: reference points; more follow the distribution closer");
  visit("target_transform", o.target_transform,
        "regression: learn the logarithm (errors then count by ratio), log1p (where zeros are), a Box-Cox power that "
        "makes it most normal, or the target standardised; predictions are turned back");
  visit("target_encode", o.target_encode,
        "categories that also become the mean target of their level, for many rare levels; training rows get the mean "
        "of other folds, never their own");
  visit("target_encode_folds", o.target_encode_folds, "target_encode: folds; more use more rows for each mean");
  visit("target_encode_smoothing", o.target_encode_smoothing,
        "target_encode: rows' worth of the overall mean that is mixed into a level's; more mistrusts rare levels");
  visit("split", o.split,
        "random, stratified (keeps the classes' shares), group (whole groups validate), time (the last rows do) or "
        "purged (time, with a gap). auto goes by the other options; take time where you will predict the future, "
        "group where you will predict for new customers");
  visit("split_column", o.split_column, "column with the group, or with the date or number to order by");
  visit("valid_share", o.valid_share, "share of the rows kept for validation; more measures better and trains on less");
  visit("cutoff", o.cutoff, "split = time: validate on this date or number of split_column and later ones");
  visit("gap", o.gap,
        "split = purged: training rows closer than this before the validation rows are left out; days where "
        "split_column is a date, else its unit. As long as features look back");
  visit("train_rows", o.train_rows, "use only rows for which this holds, as 'Open = true'; several joined by ' and '");
  visit("valid_rows", o.valid_rows, "validate on the rows for which this holds, as 'year >= 2015', instead of a share");
  visit("folds", o.folds, "where folds are asked for: how many");
}

}  // namespace tenfold::tabular
