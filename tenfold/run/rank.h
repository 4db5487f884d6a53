#pragma once
// Which pretrained backbone suits this data: features once through each, a linear head on them, and what each costs.

#include <functional>
#include <string>

#include "tenfold/core/options.h"
#include "tenfold/report/ranking.h"
#include "tenfold/run/rank_options.h"
#include "tenfold/train/options.h"
#include "tenfold/vision/options.h"

namespace tenfold {

struct RankWatch {
  std::function<void(const std::string& what, int64_t done, int64_t all)> items{};
  std::function<void(const report::RankedNetwork& row)> row{};
  std::function<void(const std::string& text)> message{};
};

struct BackboneRanking {
  report::Ranking ranking;
  int64_t items = 0;  ///< with a label
  int folds = 0;      ///< 0: one head, measured on the data's own validation set
};

/// Every head is the same: batch norm, dropout, one linear layer, trained by one cycle of AdamW on plain views. The
/// value is the task's first metric, its error that of a share of the validation items, or over folds the deviation of
/// the folds' values by the root of their number. A network's cost is measured first, by a few images, and networks go
/// from the cheapest to the dearest as long as the time lasts; features that the store has cost nothing. A network that
/// cannot take part (broken weights, images too small) is left out with the reason. Throws ConfigError where no weights
/// are at hand, DataError as vision::load().
BackboneRanking rank_backbones(const vision::DataOptions& data, const LearnerOptions& training,
                               const RankOptions& options, const RankWatch& watch = {});

/// As `tenfold rank-backbones --json`.
Json to_json(const BackboneRanking& ranking);

}  // namespace tenfold
