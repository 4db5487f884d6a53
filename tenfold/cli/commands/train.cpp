#include "tenfold/cli/commands/train.h"

#include "tenfold/cli/commands.h"
#include "tenfold/cli/help.h"
#include "tenfold/cli/recipe_flags.h"
#include "tenfold/cli/terminal.h"

namespace tenfold::cli {
namespace {

std::string rates_text(const Rates& rates) {
  const Json value = to_value(rates);
  if (value.is_object() && value.contains("from"))
    return typed_value(value["from"]) + " to " + typed_value(value["to"]);
  if (value.is_object() && value.contains("decay"))
    return typed_value(value["to"]) + " for the head, " + typed_value(value["decay"]) +
           " times as much for each group before";
  if (value.is_object() && value.contains("last"))
    return typed_value(value["last"]) + " for the head, a tenth of it before";
  return value == "find" ? "found first" : typed_value(value);
}

std::string trained_text(const StageOptions& stage) {
  if (stage.learn == Learn::language) return stage.train == "all" ? "the language" : "the language, last layers alone";
  if (stage.precompute)
    return (stage.train == "head" ? "the head" : "layer groups from " + stage.train + " on") +
           std::string(stage.precompute_views > 0 ? ", on random views computed once" : ", on features computed once");
  if (stage.train == "head" || stage.train == "all") return stage.train == "head" ? "the head" : "all layers";
  return "layer groups from " + stage.train + " on";
}

}  // namespace

std::string plan_text(const Recipe& recipe) {
  std::string text;
  for (size_t k = 0; k < recipe.stage.size(); ++k) {
    const auto& stage = recipe.stage[k];
    text += "stage " + std::to_string(k + 1) + ": " + trained_text(stage) + ", " + number(epochs(stage.shape)) +
            " epochs of " + name_of(stage.shape) + ", rate " + rates_text(stage.lr) +
            (recipe.kind == Kind::images ? ", " + std::to_string(size_of_stage(recipe, k)) + " px\n" : "\n");
  }
  if (recipe.predict.tta)
    text += "then predict with " + std::to_string(passes(*recipe.predict.tta.options)) + " views of each item\n";
  return text;
}

TrainRequest train_request(const Arguments& arguments) {
  TrainRequest request{.own = own_options<TrainFlags>(arguments), .recipe = {}};
  if (!request.own.resume.empty()) {
    if (!arguments.positionals.empty() || touches_recipe(arguments) || !request.own.out.empty())
      throw UsageError("--resume goes on with the run's own recipe; leave out the recipe, its flags and --out");
    return request;
  }
  std::optional<std::string> file;
  if (!arguments.positionals.empty()) file = arguments.positionals[0];
  request.recipe = complete(recipe_of(file, arguments));
  if (data_path(request.recipe).empty())
    throw UsageError(
        "no data: name images with --images DIR or --csv FILE, texts with --text FILE, a table with --table FILE, "
        "pairs of texts with --translate DIR, or a recipe");
  return request;
}

Command train_command() {
  Command command{
      .name = "train",
      .summary = "train by a recipe or by flags; evaluate, save and report in a run folder",
      .help =
          R"(Without a recipe a good default plan runs: with pretrained weights the head on features computed once, then all
layers with differential rates and restarts; without, one cycle from random weights. The run folder holds recipe.toml (complete,
re-runnable), log.jsonl, summary.json, report.html, model.safetensors (for predict), predictions.csv and the checkpoint.

  tenfold train --images dogs-cats --weights pretrained
  tenfold train --images fashion-mnist --size 28 --augment small --epochs 6 --out runs/fashion
  tenfold train recipe.toml --model.dropout 0.25,0.5 --stage.2.lr 1e-3
  tenfold train --images dogs-cats --weights pretrained --tta 4 --dry-run > recipe.toml
  tenfold train --text reviews.csv --text-col text --label-col label --encoder all-MiniLM-L6-v2
  tenfold train --text reviews.csv                       # no encoder: learns the language first (ULMFiT)
  tenfold train --translate multi30k --from de --to en   # train.de, train.en, val.*, test*
  tenfold train --table train.csv --target Sales --table.split time --table.split_column Date

Every recipe key is a flag of the same name, and flags win over the recipe. The short names of a stage's keys (--epochs, --lr,
--shape) mean the last stage; --epochs there turns sgdr, which counts cycles, into one_cycle.

Ctrl-C finishes the step, writes a checkpoint and ends with code 130; a second one ends at once. Either way, and after a crash
or a full disk:

  tenfold train --resume runs/fashion

The same seed, data and recipe give the same bits, whatever the number of loader workers.)",
      .positionals = {{.name = "RECIPE.toml",
                       .help = "recipe to carry out; flags change it",
                       .count = Positional::Count::optional}},
      .flags = flags_of(describe(TrainFlags{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        const auto request = train_request(arguments);
        if (!request.own.dry_run) return std::nullopt;
        if (!request.own.resume.empty())
          throw UsageError("--dry-run with --resume: the plan is in the run's recipe.toml");
        std::string text;
        const std::string plan = plan_text(request.recipe);
        for (size_t begin = 0, end; (end = plan.find('\n', begin)) != std::string::npos; begin = end + 1)
          text += "# " + plan.substr(begin, end - begin) + "\n";
        return Answer{
            .text = text + "\n" + to_toml(request.recipe),
            .json = {
                {"plan", plan}, {"recipe", to_json(request.recipe)}, {"recipe_hash", recipe_hash(request.recipe)}}};
      }};
  for (auto& flag : recipe_flags()) command.flags.push_back(std::move(flag));
  return command;
}

}  // namespace tenfold::cli
