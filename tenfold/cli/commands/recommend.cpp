#include "tenfold/cli/commands/recommend.h"

#include "tenfold/cli/commands.h"
#include "tenfold/cli/commands/predict.h"

namespace tenfold::cli {

RecommendFlags recommend_request(const Arguments& arguments) {
  auto own = own_options<RecommendFlags>(arguments);
  if (own.user.empty()) throw ConfigError("--user", "is missing; name the user to recommend to");
  if (own.top < 1) throw ConfigError("--top", "is " + std::to_string(own.top) + "; needs at least 1");
  if (own.all && !own.rated.empty())
    throw ConfigError("--all", "leaves nothing out, and --rated says what to leave out; keep one");
  return own;
}

Command recommend_command() {
  return {
      .name = "recommend",
      .summary = "what a model of ratings recommends to a user",
      .help =
          R"(The items with the highest predicted ratings that the user has not rated. For a user that training has not seen, those
that the mean user likes most.

  tenfold train --table ratings.csv --target rating --collab.user userId --collab.item movieId --out runs/films
  tenfold recommend runs/films --user 42
  tenfold recommend runs/films --user 42 --top 50 --json -

`tenfold predict` predicts the ratings of pairs in a CSV file.)",
      .positionals = {{.name = "MODEL", .help = "run folder, or its model file (model.safetensors)"}},
      .flags = flags_of(describe(RecommendFlags{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        model_file(arguments.positionals.at(0));
        recommend_request(arguments);
        return std::nullopt;
      }};
}

}  // namespace tenfold::cli
