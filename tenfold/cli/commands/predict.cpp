#include "tenfold/cli/commands/predict.h"

#include <algorithm>
#include <filesystem>

#include "tenfold/cli/commands.h"

namespace tenfold::cli {
namespace {

const Positional kModel{.name = "MODEL", .help = "run folder, or its model file (model.safetensors)"};

void at_least(const std::string& option, int64_t value, int64_t least) {
  if (value < least)
    throw ConfigError("--" + option, "is " + std::to_string(value) + "; needs at least " + std::to_string(least));
}

void one_of(const std::string& option, const std::string& value, const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  std::string all;
  for (const auto& choice : choices) all += (all.empty() ? "" : ", ") + choice;
  throw ConfigError("--" + option, "is '" + value + "'; needs one of " + all);
}

template <class Request>
auto checked(Request&& request) {
  return [request](const Arguments& arguments) -> std::optional<Answer> {
    model_file(arguments.positionals.at(0));
    request(arguments);
    return std::nullopt;
  };
}

}  // namespace

std::string model_file(const std::string& run_or_file) {
  namespace fs = std::filesystem;
  const fs::path path = run_or_file;
  if (!fs::exists(path)) throw UsageError("'" + run_or_file + "' is not there; name a run folder or a model file");
  if (!fs::is_directory(path)) return run_or_file;
  const fs::path file = path / "model.safetensors";
  if (fs::exists(file)) return file.string();
  if (fs::exists(path / "recipe.toml"))
    throw UsageError("the run in '" + run_or_file + "' has not ended; go on with `tenfold train --resume " +
                     run_or_file + "`");
  throw UsageError("'" + run_or_file +
                   "' is no run folder (no model.safetensors); `tenfold runs list` shows those there are");
}

EvaluateOptions evaluate_request(const Arguments& arguments) {
  auto own = own_options<EvaluateOptions>(arguments);
  one_of("split", own.split, {"auto", "train", "valid", "test"});
  at_least("batch", own.batch, 0);
  at_least("beam", own.beam, 0);
  return own;
}

PredictFlags predict_request(const Arguments& arguments) {
  auto own = own_options<PredictFlags>(arguments);
  at_least("top", own.top, 0);
  at_least("batch", own.batch, 0);
  at_least("beam", own.beam, 0);
  return own;
}

ExplainFlags explain_request(const Arguments& arguments) {
  auto own = own_options<ExplainFlags>(arguments);
  one_of("split", own.split, {"train", "valid", "test"});
  at_least("top", own.top, 0);
  return own;
}

Command evaluate_command() {
  return {
      .name = "evaluate",
      .summary = "loss and metrics of a trained model, on its own data or on other",
      .help =
          R"(Takes sizes, transforms, normalisation and classes from the model file, so that nothing can be forgotten.

  tenfold evaluate runs/dogs-cats
  tenfold evaluate runs/dogs-cats --tta 4
  tenfold evaluate model.safetensors --data new-photos --json result.json
  tenfold evaluate runs/multi30k --data multi30k/test2017 --beam 4

Metrics are computed over the whole set, never averaged over batches.)",
      .positionals = {kModel},
      .flags = flags_of(describe(EvaluateOptions{})),
      .here = checked(evaluate_request)};
}

Command predict_command() {
  return {
      .name = "predict",
      .summary = "predict images, texts or rows of a table with a trained model: CSV, or JSON with --json",
      .help = R"(One line an item: its name, what is predicted, and the probabilities.

  tenfold predict runs/dogs-cats photo.jpg
  tenfold predict runs/dogs-cats holiday/ --top 3 --out predictions.csv
  find . -name '*.jpg' | tenfold predict runs/dogs-cats - --tta 4

  tenfold predict runs/reviews "a moving film" "dull and far too long"
  tenfold predict runs/reviews new.csv --out predictions.csv
  tenfold predict runs/rossmann test.csv
  tenfold predict runs/multi30k "Ein Hund läuft." --beam 4
  tenfold predict runs/multi30k - < test.de > test.hyp

A translator writes a line a sentence. Folders of images are walked. A text is itself, a CSV of texts (the column that was trained on), or a file; a table is a CSV with
the columns that were trained on, in any order. - reads names, or texts, from standard input, one a line.)",
      .positionals = {kModel,
                      {.name = "PATH",
                       .help =
                           "image or folder of images; text, or CSV; table; - reads names or texts from standard input",
                       .count = Positional::Count::many}},
      .flags = flags_of(describe(PredictFlags{})),
      .here = checked(predict_request)};
}

Command explain_command() {
  return {
      .name = "explain",
      .summary = "where a run is wrong: classes, labels or values, top losses, a map of the items; rewrites its report",
      .help =
          R"(Predicts the validation set again and shows what the model mixes up: of classes the confusion matrix, of labels
precision, recall and F of each and what other thresholds would give, of values predicted against actual. The items
with the highest losses are often mislabelled: look at their pictures in the report first. Heat over them (Grad-CAM)
shows what spoke for a class, and a map (t-SNE) which items the network finds alike.

  tenfold explain runs/dogs-cats
  tenfold explain runs/dogs-cats --split test
  tenfold explain runs/dogs-cats --top 30 --json - | jq '.top_losses[].name')",
      .positionals = {{.name = "RUN", .help = "run folder that has ended"}},
      .flags = flags_of(describe(ExplainFlags{})),
      .here = checked(explain_request)};
}

}  // namespace tenfold::cli
