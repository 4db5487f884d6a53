// Experiments an hour: heads of different seeds, rates and dropouts on one frozen backbone, from the activation store
// against the same without it. Each experiment from the store opens it anew, as a run of its own would. Prints one JSON
// line.   store_bench IMAGES SIZE EPOCHS EXPERIMENTS WITHOUT [FOLDER] [VIEWS]

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

#include "tenfold/core/options.h"
#include "tenfold/train/precompute.h"
#include "tenfold/vision/learner.h"

namespace {

using namespace tenfold;
using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

struct Experiment {
  uint64_t seed = 0;
  double lr = 0, dropout = 0;
};

/// Number k of a small search.
Experiment experiment(uint64_t k) {
  const double rates[] = {1e-3, 3e-3, 1e-2}, dropouts[] = {0.2, 0.4, 0.6};
  return {.seed = k, .lr = rates[k % 3], .dropout = dropouts[k / 3 % 3]};
}

Learner learner_of(const vision::DataOptions& data, const Experiment& experiment) {
  auto images = vision::load(data, vision::backbone("efficientnet_lite0").normalisation, 42);
  return vision::learner(images,
                         {.backbone = "efficientnet_lite0", .weights = "pretrained", .dropout = {experiment.dropout}},
                         data, {.batch = 32, .seed = experiment.seed});
}

Plan plan_of(const Experiment& experiment, double epochs) {
  return {.lr = experiment.lr, .shape = OneCycle{.epochs = epochs}};
}

struct Outcome {
  double seconds = 0, epoch_seconds = 0;
  std::vector<double> accuracy;
};

Outcome trained(Learner& learner, const Experiment& experiment, double epochs, Clock::time_point began) {
  const size_t before = learner.record().epochs.size();
  learner.fit(plan_of(experiment, epochs));
  Outcome outcome{.seconds = seconds(began)};
  for (size_t k = before; k < learner.record().epochs.size(); ++k)
    outcome.epoch_seconds += learner.record().epochs[k].seconds + learner.record().epochs[k].valid_seconds;
  outcome.accuracy = {learner.record().epochs.back().metrics.at("accuracy")};
  return outcome;
}

void add(Outcome& to, const Outcome& one) {
  to.seconds += one.seconds;
  to.epoch_seconds += one.epoch_seconds;
  to.accuracy.insert(to.accuracy.end(), one.accuracy.begin(), one.accuracy.end());
}

Json to_json(const Outcome& all, double epochs) {
  const auto count = static_cast<double>(all.accuracy.size());
  return {{"seconds_each", all.seconds / count},
          {"an_hour", 3600 * count / all.seconds},
          {"seconds_an_epoch", all.epoch_seconds / count / epochs},
          {"accuracy", all.accuracy}};
}

}  // namespace

int main(int count, char** words) {
  if (count < 6) {
    std::fprintf(stderr, "usage: store_bench IMAGES SIZE EPOCHS EXPERIMENTS WITHOUT [FOLDER] [VIEWS]\n");
    return 2;
  }
  try {
    const int views = count > 7 ? std::stoi(words[7]) : 0;
    const vision::DataOptions data{.path = words[1],
                                   .size = std::stol(words[2]),
                                   .augment = views > 0 ? vision::Augment::side_on : vision::Augment::none};
    const double epochs = std::stod(words[3]);
    const std::string folder = count > 6 ? words[6] : "";
    const FeatureCache cache{.folder = folder.empty() ? std::filesystem::temp_directory_path() / "tenfold-store-bench"
                                                      : std::filesystem::path(folder),
                             .views = views};

    auto began = Clock::now();
    Learner first = learner_of(data, experiment(0));
    const int64_t computed = count_to_compute(first, cache);
    precompute(first, cache);
    const double filling = seconds(began);

    Outcome store, without;
    for (uint64_t k = 0; k < std::stoul(words[4]); ++k) {
      began = Clock::now();
      Learner learner = learner_of(data, experiment(k));
      Learner head = precompute(learner, cache);
      add(store, trained(head, experiment(k), epochs, began));
    }
    for (uint64_t k = 0; k < std::stoul(words[5]); ++k) {
      began = Clock::now();
      Learner learner = learner_of(data, experiment(k));
      add(without, trained(learner, experiment(k), epochs, began));
    }
    Json line = {{"items", first.data().train->size() + first.data().valid->size()},
                 {"views_computed", computed},
                 {"filling_s", filling},
                 {"epochs", epochs},
                 {"store", to_json(store, epochs)}};
    if (!without.accuracy.empty()) {
      line["without"] = to_json(without, epochs);
      line["experiments_ratio"] = without.seconds / static_cast<double>(without.accuracy.size()) /
                                  (store.seconds / static_cast<double>(store.accuracy.size()));
      line["epochs_ratio"] = without.epoch_seconds / static_cast<double>(without.accuracy.size()) /
                             (store.epoch_seconds / static_cast<double>(store.accuracy.size()));
    }
    std::cout << line.dump() << std::endl;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "store_bench: %s\n", error.what());
    return 1;
  }
}
