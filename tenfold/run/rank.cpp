#include "tenfold/run/rank.h"

#include <torch/types.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/stopwatch.h"
#include "tenfold/run/cache_folder.h"
#include "tenfold/run/head_trial.h"
#include "tenfold/train/feature_dataset.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/precompute.h"
#include "tenfold/vision/learner.h"
#include "tenfold/vision/listing.h"

namespace tenfold {
namespace {

constexpr int64_t kProbe = 8;     // images by which a network's speed is measured
constexpr double kReading = 1.3;  // what reading and augmenting add to the network's own time, roughly
constexpr double kHeadDropout = 0.1;

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.0f", value);
  return buffer;
}

/// A network that may take part.
struct Candidate {
  const vision::BackboneRow* row = nullptr;
  int64_t size = 0;
  double images_per_second = 0;
  double cost = 0;  ///< seconds of what the store lacks
};

class Ranker {
 public:
  Ranker(const vision::DataOptions& data, const LearnerOptions& training, const RankOptions& options,
         const RankWatch& watch)
      : data_(data), training_(training), options_(options), watch_(watch) {
    if (!(options.minutes > 0)) throw ConfigError("minutes", "is not above 0; give the time that ranking may take");
    if (options.folds < 2) throw ConfigError("folds", "is " + std::to_string(options.folds) + "; needs at least 2");
    if (options.size < 0) throw ConfigError("size", "is negative; needs 0 (each network's own) or pixels");
    split_by_seed_ = vision::list_images(data, training.seed).split_by_seed;
  }

  BackboneRanking run() {
    auto candidates = probed(wanted());
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.cost < b.cost; });
    for (const auto& candidate : candidates) {
      const double left = 60 * options_.minutes - seconds_since(began_);
      if (candidate.cost > left || left <= 0) {
        leave_out(candidate.row->name,
                  "would take about " + text(candidate.cost) + " s, and " + text(std::max(0.0, left)) + " s are left");
        continue;
      }
      try {
        found_.ranking.rows.push_back(ranked(candidate));
        if (watch_.row) watch_.row(found_.ranking.rows.back());
      } catch (const ConfigError&) {
        throw;  // of options, the same for every network
      } catch (const WeightsError& error) {
        leave_out(candidate.row->name, error.what());
      }
    }
    const bool higher = found_.ranking.higher_is_better;
    std::stable_sort(found_.ranking.rows.begin(), found_.ranking.rows.end(),
                     [&](const auto& a, const auto& b) { return higher ? a.value > b.value : a.value < b.value; });
    return std::move(found_);
  }

 private:
  void leave_out(const std::string& name, const std::string& why) {
    found_.ranking.left_out.emplace_back(name, why);
    if (watch_.message) watch_.message(name + " left out: " + why);
  }

  /// Those named, or all whose weights are at hand.
  std::vector<const vision::BackboneRow*> wanted() {
    std::vector<const vision::BackboneRow*> rows;
    for (const auto& name : options_.backbones) rows.push_back(&vision::backbone(name));
    if (!rows.empty()) return rows;
    for (const auto& row : vision::backbones()) {
      if (row.file.empty()) continue;
      try {
        vision::resolve_weights(model_of(row), row);
        rows.push_back(&row);
      } catch (const ConfigError&) {
        continue;  // not at hand
      }
    }
    if (rows.empty())
      throw ConfigError("backbones", "none has its published weights in " + vision::model_folder().string() +
                                         "; `tenfold models list` names the files, put some there");
    return rows;
  }

  vision::ModelOptions model_of(const vision::BackboneRow& row) const {
    return {.backbone = row.name, .weights = "pretrained", .dropout = {kHeadDropout}, .hidden = {}};
  }

  FeatureCache cache() const {
    return {.folder = cache_folder(options_.cache), .max_mib = options_.cache_mib, .told = watch_.message};
  }

  /// The whole network over this data, frozen but for its head.
  Learner learner_of(const Candidate& candidate) {
    auto data = data_;
    data.size = candidate.size;
    auto images = vision::load(data, candidate.row->normalisation, training_.seed);
    images.data.test = nullptr;
    return vision::learner(images, model_of(*candidate.row), data, training_);
  }

  std::vector<Candidate> probed(const std::vector<const vision::BackboneRow*>& rows) {
    std::vector<Candidate> candidates;
    for (size_t k = 0; k < rows.size(); ++k) {
      if (watch_.items) watch_.items("measuring networks", static_cast<int64_t>(k), static_cast<int64_t>(rows.size()));
      Candidate candidate{.row = rows[k], .size = options_.size > 0 ? options_.size : rows[k]->size};
      if (seconds_since(began_) > 60 * options_.minutes) {
        leave_out(rows[k]->name, "the time was over before it could be measured");
        continue;
      }
      try {
        Learner learner = learner_of(candidate);
        candidate.images_per_second = speed_of(learner, candidate.size);
        const auto missing = static_cast<double>(count_to_compute(learner, cache()));
        candidate.cost = missing * kReading / candidate.images_per_second;
        candidates.push_back(candidate);
      } catch (const ConfigError& error) {
        if (error.option != "data.size" && error.option != "model.weights") throw;
        leave_out(rows[k]->name, error.what());
      } catch (const WeightsError& error) {
        leave_out(rows[k]->name, error.what());
      }
    }
    return candidates;
  }

  /// Images a second through the body.
  static double speed_of(Learner& learner, int64_t size) {
    const at::NoGradGuard no_grad;
    const EvaluationMode evaluation(learner.model());
    const auto x = at::zeros({kProbe, 3, size, size}, at::dtype(learner.dtype()).device(learner.device()))
                       .contiguous(at::MemoryFormat::ChannelsLast);
    learner.model().features({x});  // kernels are chosen the first time
    const auto began = Clock::now();
    learner.model().features({x}).sum().item<double>();
    return static_cast<double>(kProbe) / seconds_since(began);
  }

  report::RankedNetwork ranked(const Candidate& candidate) {
    const auto began = Clock::now();
    Learner learner = learner_of(candidate);
    Learner head = precompute(learner, cache(), [&](int64_t done, int64_t all) {
      if (watch_.items) watch_.items("features of " + candidate.row->name, done, all);
    });
    const auto features = [&](Split split) {
      return std::dynamic_pointer_cast<const FeatureDataset>(head.data().split(split));
    };
    const auto train = features(Split::train), valid = features(Split::valid);
    found_.ranking.metric = learner.options().metrics.at(0);
    found_.ranking.higher_is_better = metric(found_.ranking.metric, learner.task().kind).higher_is_better;
    found_.items = train->size() + valid->size();
    const auto trial =
        split_by_seed_ ? try_head_in_folds(learner, train, valid, options_.folds) : try_head(learner, train, valid);
    found_.folds = trial.folds;
    return {.name = candidate.row->name,
            .value = trial.value,
            .error = trial.error,
            .images_per_second = candidate.images_per_second,
            .seconds = seconds_since(began),
            .million_parameters = candidate.row->million_parameters,
            .size = candidate.size};
  }

  const vision::DataOptions& data_;
  const LearnerOptions& training_;
  const RankOptions& options_;
  const RankWatch& watch_;
  const Clock::time_point began_ = Clock::now();
  bool split_by_seed_ = false;
  BackboneRanking found_;
};

}  // namespace

BackboneRanking rank_backbones(const vision::DataOptions& data, const LearnerOptions& training,
                               const RankOptions& options, const RankWatch& watch) {
  return Ranker(data, training, options, watch).run();
}

Json to_json(const BackboneRanking& found) {
  Json rows = Json::array(), left_out = Json::array();
  for (const auto& row : found.ranking.rows)
    rows.push_back({{"name", row.name},
                    {found.ranking.metric, row.value},
                    {"error", row.error},
                    {"images_per_second", row.images_per_second},
                    {"seconds", row.seconds},
                    {"million_parameters", row.million_parameters},
                    {"size", row.size}});
  for (const auto& [name, why] : found.ranking.left_out) left_out.push_back({{"name", name}, {"reason", why}});
  return {{"metric", found.ranking.metric},
          {"higher_is_better", found.ranking.higher_is_better},
          {"items", found.items},
          {"folds", found.folds},
          {"backbones", rows},
          {"left_out", left_out}};
}

}  // namespace tenfold
