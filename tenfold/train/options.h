#pragma once
// Options of training, torch-free.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/optim/options.h"

namespace tenfold {

enum class Precision { automatic, fp32, bf16 };
constexpr auto names(Precision) {
  return std::to_array<std::pair<Precision, std::string_view>>(
      {{Precision::automatic, "auto"}, {Precision::fp32, "fp32"}, {Precision::bf16, "bf16"}});
}

/// train/layer_groups.h says what each does.
enum class FrozenNorms { evaluate, train, statistics, evaluate_body };
constexpr auto names(FrozenNorms) {
  return std::to_array<std::pair<FrozenNorms, std::string_view>>({{FrozenNorms::evaluate, "evaluate"},
                                                                  {FrozenNorms::train, "train"},
                                                                  {FrozenNorms::statistics, "statistics"},
                                                                  {FrozenNorms::evaluate_body, "evaluate_body"}});
}

struct LearnerOptions {
  int64_t batch = 32;
  uint64_t seed = 42;
  Precision precision = Precision::automatic;
  std::string device = "cpu";
  int threads = 0;
  int workers = 0;
  int64_t skip_broken = 0;
  bool drop_last = true;
  bool oversample = false;
  FrozenNorms frozen_norms = FrozenNorms::evaluate;
  std::vector<std::string> metrics{};
  optim::Options optimizer{};
};

template <class Visitor>
void fields(Visitor&& visit, LearnerOptions& o) {
  visit("batch", o.batch, "items a step; larger is faster an item until memory or accuracy suffers");
  visit("seed", o.seed, "keys every random number: same seed, same data, same recipe, same bits");
  visit("precision", o.precision,
        "auto takes bf16 where the CPU or GPU has it (two to three times as fast), else fp32");
  visit("device", o.device, "cpu, or cuda / cuda:1 where LibTorch has it");
  visit("threads", o.threads,
        "compute threads; 0 takes the cores, 8 at the most. Part of what a seed means: another count gives other last "
        "bits");
  visit("workers", o.workers, "threads that read and decode; 0 takes the cores. Changes speed only, never the result");
  visit("skip_broken", o.skip_broken,
        "leave out up to this many unreadable items, then stop; they are listed at the end");
  visit("drop_last", o.drop_last, "leave out a short last batch in training; a batch of one would upset batch norm");
  visit("oversample", o.oversample,
        "repeat the items of rare classes, each time another view, until every class is as frequent as the largest: "
        "helps recall of rare classes, costs longer epochs, and probabilities no longer tell how common a class is");
  visit(
      "frozen_norms", o.frozen_norms,
      "evaluate keeps weights and statistics of norms in frozen groups (better on small data; fastai 0.7); train lets "
      "both move (fastai 2.x); statistics lets only those move; evaluate_body keeps the statistics of all groups but "
      "the head, for batches too small to measure them (0.7's bn_freeze)");
  visit("metrics", o.metrics,
        "what to report each epoch; empty takes the task's own. The first one chooses the best model");
  visit("optimizer", o.optimizer, "");
}

struct LrFindOptions {
  double start = 1e-7;
  double end = 10;
  int steps = 100;
  double stop_ratio = 4;
};

template <class Visitor>
void fields(Visitor&& visit, LrFindOptions& o) {
  visit("start", o.start, "first rate; too high hides the flat part of the curve");
  visit("end", o.end, "last rate; the sweep usually diverges and stops before it");
  visit("steps", o.steps, "batches in the sweep; fewer are faster and noisier");
  visit("stop_ratio", o.stop_ratio, "stops where the smoothed loss exceeds its best by this ratio");
}

/// Which views, and how they are weighed. modern: fastai 2.x, `views` training views beside the plain one, which has
/// plain_weight. legacy: fastai 0.7, the plain view counts ceil(views / 4) times among them. mirror: as it is and
/// mirrored. five_crops: the middle and the four corners of the image one seventh larger. mirror_shifts: as it is
/// (half), and shifted to either side diagonally (a quarter each), mirrored or not: for pictures of up to 64 pixels.
enum class TtaMethod { modern, legacy, mirror, five_crops, mirror_shifts };
constexpr auto names(TtaMethod) {
  return std::to_array<std::pair<TtaMethod, std::string_view>>({{TtaMethod::modern, "modern"},
                                                                {TtaMethod::legacy, "legacy"},
                                                                {TtaMethod::mirror, "mirror"},
                                                                {TtaMethod::five_crops, "five_crops"},
                                                                {TtaMethod::mirror_shifts, "mirror_shifts"}});
}

struct TtaOptions {
  TtaMethod method = TtaMethod::modern;
  int views = 4;
  double plain_weight = 0.25;
  bool maximum = false;
};

template <class Visitor>
void fields(Visitor&& visit, TtaOptions& o) {
  visit(
      "method", o.method,
      "modern and legacy average random training views as fastai 2.x and 0.7 do; mirror (2 views), five_crops (5) and "
      "mirror_shifts (6) are fixed views, which need no augmentation");
  visit("views", o.views, "modern, legacy: augmented views beside the plain one; each costs one pass over the data");
  visit("plain_weight", o.plain_weight,
        "modern: weight of the plain view; the augmented ones share the rest (fastai's beta)");
  visit("maximum", o.maximum, "the largest probability over all views instead of the mean");
}

}  // namespace tenfold
