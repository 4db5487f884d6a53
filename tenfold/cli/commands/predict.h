#pragma once
// tenfold evaluate, predict and explain: options as the thin program reads them. All begin with a trained model.

#include <string>
#include <vector>

#include "tenfold/cli/command.h"
#include "tenfold/train/tta_choice.h"

namespace tenfold::cli {

struct EvaluateOptions {
  std::string data, images, csv;
  std::string split = "auto";
  TtaChoice tta{};
  int64_t batch = 0;
  int workers = 0;
  int64_t skip_broken = 0;
  int64_t beam = 0;
  std::vector<std::string> metrics{};
};

template <class Visitor>
void fields(Visitor&& visit, EvaluateOptions& o) {
  visit(
      "data", o.data,
      "other data than the model was trained with, laid out in the same way: folder or file; of a translator also the "
      "common part of two files' names, multi30k/test2017");
  visit("images", o.images, "the same, of images: a folder");
  visit("csv", o.csv, "table of file names and labels, instead of class folders");
  visit("split", o.split, "train, valid or test; auto takes test where it has labels, else valid");
  visit("tta", o.tta,
        "views to average: a number of random ones beside the plain one, or mirror, five_crops, mirror_shifts, legacy; "
        "each costs one pass over the data");
  visit("batch", o.batch,
        "items at once; larger is faster until memory suffers, and changes the last bits at most. 0 takes 64, of a "
        "table 4096");
  visit("workers", o.workers, "threads that read and decode; 0 takes the cores");
  visit("skip_broken", o.skip_broken, "leave out up to this many unreadable items");
  visit("beam", o.beam,
        "of a translator: unfinished translations kept at each word; 1 is greedy, 0 takes what it was trained with");
  visit("metrics", o.metrics,
        "what to compute: accuracy, error_rate, top_5, f1, auc, rmse, …; empty takes the task's own");
}

struct PredictFlags {
  std::string out;
  int top = 0;
  TtaChoice tta{};
  int64_t batch = 0;
  int workers = 0;
  int64_t skip_broken = 0;
  int64_t beam = 0;
};

template <class Visitor>
void fields(Visitor&& visit, PredictFlags& o) {
  visit("out", o.out,
        "CSV file; empty writes to standard output. Translations: a line each, or a CSV where the name ends in .csv");
  visit("top", o.top,
        "this many classes an item with their probabilities, the most probable first; 0 gives every class a column");
  visit("tta", o.tta,
        "views to average: a number of random ones beside the plain one, or mirror, five_crops, mirror_shifts, legacy; "
        "more accurate, and each costs one pass");
  visit("batch", o.batch,
        "items at once; larger is faster until memory suffers, and changes the last bits at most. 0 takes 64, of a "
        "table 4096");
  visit("workers", o.workers, "threads that read and decode; 0 takes the cores");
  visit("skip_broken", o.skip_broken, "leave out up to this many unreadable items");
  visit("beam", o.beam,
        "of a translator: unfinished translations kept at each word; 1 is greedy, 0 takes what it was trained with");
}

struct ExplainFlags {
  std::string split = "valid";
  int top = 12;
};

template <class Visitor>
void fields(Visitor&& visit, ExplainFlags& o) {
  visit("split", o.split, "train, valid or test");
  visit("top", o.top, "how many items with the highest losses");
}

/// Checked as far as can be without tensors. Throw ConfigError.
EvaluateOptions evaluate_request(const Arguments& arguments);
PredictFlags predict_request(const Arguments& arguments);
ExplainFlags explain_request(const Arguments& arguments);

/// The model file that a run folder or a path stands for. Throws UsageError where there is none.
std::string model_file(const std::string& run_or_file);

}  // namespace tenfold::cli
