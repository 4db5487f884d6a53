#include "tenfold/cli/commands/lr_find.h"

#include "tenfold/cli/commands.h"
#include "tenfold/cli/recipe_flags.h"

namespace tenfold::cli {

LrFindRequest lr_find_request(const Arguments& arguments) {
  std::optional<std::string> file;
  if (!arguments.positionals.empty()) file = arguments.positionals[0];
  LrFindRequest request{.own = own_options<LrFindFlags>(arguments), .recipe = complete(recipe_of(file, arguments))};
  if (data_path(request.recipe).empty())
    throw UsageError(
        "no data: name images with --images DIR or --csv FILE, texts with --text FILE, a table with --table FILE, "
        "pairs of texts with --translate DIR, or a recipe");
  return request;
}

Command lr_find_command() {
  Command command{
      .name = "lr-find",
      .summary = "sweep the learning rate over some batches and suggest one; trains nothing",
      .help =
          R"(Trains a copy for --lr_find.steps batches while the rate rises geometrically, and reads the curve of the loss by
four rules: valley (the default, with the range it moves in when the noise is drawn again), slide, minimum / 10 and steep. Take
valley unless the curve says otherwise; where the four disagree by more than ten times, sweep longer.

  tenfold lr-find --images dogs-cats --weights pretrained
  tenfold lr-find --images dogs-cats --weights pretrained --all --report lr.html
  tenfold lr-find recipe.toml --lr_find.steps 200

In a recipe, lr = "find" does the same before its stage.)",
      .positionals = {{.name = "RECIPE.toml",
                       .help = "recipe to take data, model and training from; flags change it",
                       .count = Positional::Count::optional}},
      .flags = flags_of(describe(LrFindFlags{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        lr_find_request(arguments);
        return std::nullopt;
      }};
  for (auto& flag : recipe_flags({"lr_find", "data", "model", "text", "text_model", "table", "table_model",
                                  "translation", "translation_model", "loss", "training"}))
    command.flags.push_back(std::move(flag));
  return command;
}

}  // namespace tenfold::cli
