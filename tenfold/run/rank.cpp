#include "tenfold/run/rank.h"

#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <numeric>
#include <optional>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/stopwatch.h"
#include "tenfold/nn/head.h"
#include "tenfold/run/cache_folder.h"
#include "tenfold/train/feature_dataset.h"
#include "tenfold/train/layer_groups.h"
#include "tenfold/train/metric.h"
#include "tenfold/train/precompute.h"
#include "tenfold/vision/learner.h"
#include "tenfold/vision/listing.h"

namespace tenfold {
namespace {

using Features = std::shared_ptr<const FeatureDataset>;

constexpr int64_t kProbe = 8;     // images by which a network's speed is measured
constexpr double kReading = 1.3;  // what reading and augmenting add to the network's own time, roughly
constexpr int64_t kHeadBatch = 32;
constexpr double kHeadItems = 60000;  // that a head sees, at most kHeadEpochs times each
constexpr double kHeadEpochs = 60, kLeastEpochs = 2;
constexpr double kHeadRate = 2e-3, kHeadDropout = 0.1;

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.0f", value);
  return buffer;
}

/// The items of two datasets, one after the other.
class Joined : public Dataset {
 public:
  Joined(std::shared_ptr<const Dataset> one, std::shared_ptr<const Dataset> other)
      : one_(std::move(one)), other_(std::move(other)) {}
  int64_t size() const override { return one_->size() + other_->size(); }
  Sample get(int64_t k, const std::optional<Draw>& draw) const override { return part(k).get(k - from(k), draw); }
  std::string name(int64_t k) const override { return part(k).name(k - from(k)); }
  at::Tensor target(int64_t k) const override { return part(k).target(k - from(k)); }
  std::string fingerprint() const override { return one_->fingerprint() + other_->fingerprint(); }

 private:
  int64_t from(int64_t k) const { return k < one_->size() ? 0 : one_->size(); }
  const Dataset& part(int64_t k) const { return k < one_->size() ? *one_ : *other_; }
  std::shared_ptr<const Dataset> one_, other_;
};

std::vector<int64_t> all_of(const Dataset& dataset) {
  std::vector<int64_t> all(static_cast<size_t>(dataset.size()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Features joined(const Features& one, const Features& other) {
  const auto source = std::make_shared<Joined>(one, other);
  const auto rows = at::cat({one->gather(all_of(*one)).x[0], other->gather(all_of(*other)).x[0]});
  return std::make_shared<FeatureDataset>(source, rows, all_of(*source));
}

/// Items of each fold. Classes are shared out evenly where an item has one.
std::vector<std::vector<int64_t>> folds_of(const Dataset& dataset, const nn::Task& task, int count, uint64_t seed) {
  auto order = permutation(dataset.size(), Draw(seed, 0, 0, Purpose::split));
  if (task.kind == nn::TaskKind::single_label || task.kind == nn::TaskKind::ordinal) {
    std::vector<int64_t> label;
    for (int64_t k = 0; k < dataset.size(); ++k) label.push_back(dataset.target(k).item<int64_t>());
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      return label[static_cast<size_t>(a)] < label[static_cast<size_t>(b)];
    });
  }
  std::vector<std::vector<int64_t>> folds(static_cast<size_t>(count));
  for (size_t k = 0; k < order.size(); ++k) folds[k % static_cast<size_t>(count)].push_back(order[k]);
  for (auto& fold : folds) std::sort(fold.begin(), fold.end());
  return folds;
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
    const auto [value, error] = measured(learner, features(Split::train), features(Split::valid));
    return {.name = candidate.row->name,
            .value = value,
            .error = error,
            .images_per_second = candidate.images_per_second,
            .seconds = seconds_since(began),
            .million_parameters = candidate.row->million_parameters,
            .size = candidate.size};
  }

  /// The metric and its standard error.
  std::pair<double, double> measured(Learner& learner, const Features& train, const Features& valid) {
    found_.ranking.metric = learner.options().metrics.at(0);
    found_.ranking.higher_is_better = metric(found_.ranking.metric, learner.task().kind).higher_is_better;
    found_.items = train->size() + valid->size();
    if (!split_by_seed_) {
      const double value = of_head(learner, train, valid);
      const bool share = found_.ranking.metric == "accuracy" || found_.ranking.metric == "error_rate";
      return {value, share ? std::sqrt(value * (1 - value) / static_cast<double>(valid->size())) : 0};
    }
    const Features whole = joined(train, valid);
    found_.folds = static_cast<int>(std::min<int64_t>(options_.folds, whole->size()));
    const auto folds = folds_of(*whole, learner.task(), found_.folds, learner.options().seed);
    std::vector<double> values;
    for (size_t held = 0; held < folds.size(); ++held) {
      std::vector<int64_t> rest;
      for (size_t k = 0; k < folds.size(); ++k)
        if (k != held) rest.insert(rest.end(), folds[k].begin(), folds[k].end());
      std::sort(rest.begin(), rest.end());
      values.push_back(of_head(learner, whole->select(rest), whole->select(folds[held])));
    }
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    return {mean, std::sqrt(squares / (count - 1) / count)};
  }

  double of_head(Learner& learner, const Features& train, const Features& valid) {
    const auto head = std::dynamic_pointer_cast<nn::HeadImpl>(learner.model().head_module());
    auto options = learner.options();
    options.batch = std::min(kHeadBatch, train->size());
    options.optimizer = {};
    Data data{.train = train,
              .valid = nullptr,
              .test = nullptr,
              .transform = nullptr,
              .classes = learner.data().classes,
              .outputs = learner.data().outputs,
              .resized = {}};
    Learner alone(data, head_model(std::make_shared<nn::HeadImpl>(head->options(), options.seed)), learner.task(),
                  options);
    const double epochs = std::clamp(kHeadItems / static_cast<double>(train->size()), kLeastEpochs, kHeadEpochs);
    alone.fit({.lr = kHeadRate, .shape = OneCycle{.epochs = std::floor(epochs)}});
    data.valid = valid;
    alone.set_data(data);
    return evaluate(alone.task(), predict(alone, Split::valid), {found_.ranking.metric})
        .metrics.at(found_.ranking.metric);
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
