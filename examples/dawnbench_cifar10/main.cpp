// CIFAR-10 to 94 % on a CPU: DAWNBench's task of 2018, where fast.ai's entry took 404 s and $0.26 on one V100. The
// leanest recipe known, airbench94 with Muon (Jordan 2024, arXiv 2404.00498 and its repository), in the parts of this
// library.
//
//   dawnbench_cifar10 FOLDER [--seeds N] [--first-seed S] [--epochs E] [--flip none|random|alternating]
//                     [--smoothing X] [--optimizer muon|sgd] [--filters whitening|random] [--fp32]
//
// FOLDER has train/CLASS and test/CLASS image files. Prints each seed's accuracy and time, and what they cost.

#include <malloc.h>
#include <tenfold/core/error.h>
#include <tenfold/nn/loss.h>
#include <tenfold/train/learner.h>
#include <tenfold/train/machine.h>
#include <tenfold/train/predictions.h>
#include <tenfold/vision/images.h>
#include <torch/torch.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

#include "data.h"
#include "net.h"

namespace {

using namespace tenfold;
using namespace cifar;

struct Settings {
  std::string folder;
  int seeds = 1;
  uint64_t first_seed = 1;
  double epochs = 9;
  Flip flip = Flip::alternating;
  double smoothing = 0.2;
  optim::Kind optimizer = optim::Kind::muon;
  bool whitening = true;  // false: random filters in its place, to see what it is worth
  Precision precision = Precision::automatic;
};

constexpr int64_t kBatch = 2000;
constexpr double kWhiteningEpochs = 3;   // for so long its bias trains
constexpr double kDollarsAnHour = 0.10;  // two virtual CPUs of a usual cloud, on demand

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Share of the test pictures that the mean of the logits over these views names right, each view with its weight.
double accuracy(Learner& learner, const Pictures& test, const std::vector<std::pair<Look, double>>& views) {
  const torch::NoGradGuard no_grad;
  learner.model().eval();
  int64_t right = 0;
  for (int64_t first = 0; first < test.size(); first += kBatch) {
    const auto pixels = test.pixels().slice(0, first, first + kBatch);
    torch::Tensor logits;
    for (const auto& [look, weight] : views) {
      const auto part = learner.model().forward({seen(pixels, {look}, learner.dtype())}) * weight;
      logits = logits.defined() ? logits + part : part;
    }
    right += logits.argmax(1).eq(test.targets().slice(0, first, first + kBatch)).sum().item<int64_t>();
  }
  return static_cast<double>(right) / static_cast<double>(test.size());
}

/// The picture; with its mirror image; and both shifted by a pixel either way along the diagonal.
std::vector<std::pair<Look, double>> views(int count) {
  if (count == 1) return {{Look{}, 1.0}};
  std::vector<std::pair<Look, double>> all{{Look{}, count == 2 ? 0.5 : 0.25}};
  if (count == 6) all.insert(all.end(), {{Look{-1, -1}, 0.125}, {Look{1, 1}, 0.125}});
  for (size_t k = 0, n = all.size(); k < n; ++k) {
    auto [look, weight] = all[k];
    look.mirrored = true;
    all.emplace_back(look, weight);
  }
  return all;
}

/// Rates and decays of the source are for the sum of the losses over a batch; ours is their mean. Groups: whitening,
/// norms, kernels, head.
Plan plan_for(const Settings& settings, int64_t steps, const std::shared_ptr<Net>& net) {
  const double batch = kBatch, decay = 2e-6 * batch, bias = 0.053 * batch, head = 0.67 * batch;
  // For SGD, kernels go at airbench94's rate, biases at 64 times that.
  const double sgd = 11.5 / 1024 / (1 + 1 / (1 - 0.85)) * batch;
  const bool muon = settings.optimizer == optim::Kind::muon;
  Plan plan{.lr = muon ? Rates{bias, bias, 0.24, head} : Rates{sgd * 64, sgd * 64, sgd, sgd * 9},
            .shape = SlantedTriangular{.epochs = settings.epochs, .cut = muon ? 1e-3 : 0.23, .ratio = 1e3},
            .group_decay =
                muon ? std::vector<double>{decay / bias, decay / bias, 0, decay / head} : std::vector<double>(4, 0.0)};
  const auto whitening_steps = static_cast<int64_t>(kWhiteningEpochs * static_cast<double>(steps));
  plan.callbacks.push_back({.name = "whitening", .on_batch = [net, whitening_steps](StepContext& context) {
                              if (context.step >= whitening_steps) net->freeze_whitening();
                              return Next::go_on;
                            }});
  return plan;
}

struct Outcome {
  double plain = 0, mirrored = 0, all = 0, seconds = 0, flops = 0;
};

Outcome run(const Settings& settings, const Data& data, const Pictures& train, const Pictures& test, uint64_t seed) {
  const auto began = std::chrono::steady_clock::now();
  const auto filters = settings.whitening
                           ? whitening_of(seen(train.pixels().slice(0, 0, 5000), {Look{}}, torch::kFloat))
                           : random_filters(seed);
  const auto net = std::make_shared<Net>(NetOptions{.seed = seed}, filters);
  nn::Task task{.classes = 10, .label_smoothing = settings.smoothing};
  const bool muon = settings.optimizer == optim::Kind::muon;
  Learner learner(data, net, task,
                  {.batch = kBatch,
                   .seed = seed,
                   .precision = settings.precision,
                   .workers = 1,
                   .optimizer = {.kind = settings.optimizer,
                                 .momentum = muon ? 0.6 : 0.85,
                                 .nesterov = true,
                                 .weight_decay = 0,
                                 .decay_norms_and_biases = true,
                                 .vector_momentum = 0.85}});
  const int64_t steps = train.size() / kBatch;
  learner.fit(plan_for(settings, steps, net));
  Outcome outcome{.seconds = seconds_since(began)};
  // Forward, and twice as much back; the whitening and what flows into it are a hundredth.
  outcome.flops =
      3 * net->forward_flops() * static_cast<double>(kBatch) * std::round(settings.epochs * static_cast<double>(steps));
  outcome.plain = accuracy(learner, test, views(1));
  outcome.mirrored = accuracy(learner, test, views(2));
  outcome.all = accuracy(learner, test, views(6));
  return outcome;
}

Settings read(int count, char** arguments) {
  if (count < 2) throw ConfigError("FOLDER", "is missing; usage: dawnbench_cifar10 FOLDER [--seeds N] …");
  Settings settings{.folder = arguments[1]};
  for (int k = 2; k < count; ++k) {
    const std::string name = arguments[k];
    if (name == "--fp32") {
      settings.precision = Precision::fp32;
      continue;
    }
    if (k + 1 == count) throw ConfigError(name, "needs a value");
    const std::string value = arguments[++k];
    if (name == "--seeds")
      settings.seeds = std::stoi(value);
    else if (name == "--first-seed")
      settings.first_seed = std::stoull(value);
    else if (name == "--epochs")
      settings.epochs = std::stod(value);
    else if (name == "--smoothing")
      settings.smoothing = std::stod(value);
    else if (name == "--flip")
      settings.flip = value == "none" ? Flip::none : value == "random" ? Flip::random : Flip::alternating;
    else if (name == "--optimizer")
      settings.optimizer = value == "sgd" ? optim::Kind::sgd : optim::Kind::muon;
    else if (name == "--filters")
      settings.whitening = value != "random";
    else
      throw ConfigError(name,
                        "is unknown; known are --seeds, --first-seed, --epochs, --flip, --smoothing, --optimizer, "
                        "--filters and --fp32");
  }
  return settings;
}

int dawnbench(const Settings& settings) {
  const auto began = std::chrono::steady_clock::now();
  vision::DataOptions options{.path = settings.folder, .size = 32, .augment = vision::Augment::none};
  const auto files = vision::load(options, {}, 1).data;
  if (!files.test) throw DataError(settings.folder, 0, "has no test folder; needs train/CLASS and test/CLASS");
  // The published split has no validation set: what `load` puts aside trains too.
  const auto train = std::make_shared<Pictures>(std::vector{files.train, files.valid}, 2),
             test = std::make_shared<Pictures>(std::vector{files.test}, 2);
  std::printf("%lld training and %lld test pictures decoded in %.1f s\n", static_cast<long long>(train->size()),
              static_cast<long long>(test->size()), seconds_since(began));
  const Data data{.train = train,
                  .valid = nullptr,
                  .test = test,
                  .transform = std::make_shared<cifar::Views>(settings.flip),
                  .classes = files.classes,
                  .outputs = {},
                  .resized = {}};
  std::vector<double> accuracies;
  for (int k = 0; k < settings.seeds; ++k) {
    const uint64_t seed = settings.first_seed + static_cast<uint64_t>(k);
    const auto outcome = run(settings, data, *train, *test, seed);
    accuracies.push_back(outcome.all);
    std::printf(
        "seed %llu  accuracy %.4f (one view %.4f, with mirror %.4f)  %.1f s  %.3f PFLOP  %.0f GFLOP/s  %.2f cents\n",
        static_cast<unsigned long long>(seed), outcome.all, outcome.plain, outcome.mirrored, outcome.seconds,
        outcome.flops / 1e15, outcome.flops / outcome.seconds / 1e9, outcome.seconds / 3600 * kDollarsAnHour * 100);
    std::fflush(stdout);
  }
  double mean = 0;
  for (const double a : accuracies) mean += a / static_cast<double>(accuracies.size());
  std::printf("mean accuracy %.4f over %zu seeds; expected: at least 0.940\n", mean, accuracies.size());
  return mean >= 0.94 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  // Freed memory is kept: a step would spend a quarter of its time on pages that the system clears anew.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  try {
    return dawnbench(read(count, arguments));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dawnbench_cifar10: %s\n", error.what());
    return 2;
  }
}
