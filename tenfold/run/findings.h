#pragma once
// What one pass over a split tells about a trained network: for programs as JSON, for people as parts of a report.

#include <ATen/core/Tensor.h>

#include <string>

#include "tenfold/core/options.h"
#include "tenfold/data/data.h"
#include "tenfold/report/report.h"
#include "tenfold/train/interpretation.h"
#include "tenfold/train/learner.h"

namespace tenfold {

/// Items on the map of a split: as many features predict() is to keep.
constexpr int64_t kMapped = 2000;

struct Findings {
  Split split = Split::valid;
  nn::Task task;            ///< as decided: with the threshold that is used
  Predictions predictions;  ///< plain, with the features of at most kMapped items
  Interpretation interpretation;
  at::Tensor places;  ///< [M, 2] fp32: predictions.feature_rows on the map; undefined without features
};

/// Interprets predictions of the learner on `split`; draws the map where they hold features. Throws ConfigError where
/// they have no labels.
Findings findings(const Learner& learner, const nn::Task& task, Split split, Predictions predictions, int64_t top);

/// "actual: ant 0.123", "given wrongly: …", "raises height 4.2": a look, for the words below what it shows.
std::string caption_of(nn::TaskKind kind, const Look& look);

/// classes, confusion, most_confused, labels, thresholds, outputs, top_losses: those that the task has.
Json to_json(const Interpretation& interpretation);

/// The page's parts about the split: matrix, labels or values, top losses in words, the map of the items with
/// thumbnails where they are pictures. illustrate() adds what belongs to the kind of data.
void show(const Findings& findings, const Learner& learner, report::Page& page);

}  // namespace tenfold
