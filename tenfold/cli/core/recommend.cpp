// tenfold recommend.

#include "tenfold/cli/commands/recommend.h"

#include <unistd.h>

#include <filesystem>

#include "tenfold/cli/commands/predict.h"
#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/progress.h"
#include "tenfold/run/pipeline_data.h"
#include "tenfold/run/recommendations.h"

namespace tenfold::cli {

Answer recommend(const Arguments& arguments) {
  const auto request = recommend_request(arguments);
  const Bundle bundle = load_bundle(model_file(arguments.positionals.at(0)));
  const std::string own = source_of(bundle.pipeline).path;
  const bool gone = request.rated.empty() && !std::filesystem::exists(own);
  std::string rated = request.rated.empty() ? own : request.rated;
  if (request.all || gone) rated.clear();
  const auto found = recommendations(bundle, request.user, request.top, rated);

  std::string notes;
  if (!found.known)
    notes += "'" + request.user + "' is not among the users of the training rows: this is what the mean user likes\n";
  if (gone && !request.all) notes += "items rated before are not left out: '" + own + "' is gone; name it by --rated\n";
  std::vector<std::vector<std::string>> rows{{"item", "rating"}};
  Json items = Json::array();
  for (const auto& one : found.items) {
    rows.push_back({one.item, number(one.rating)});
    items.push_back({{"item", one.item}, {"rating", one.rating}});
  }
  return {.text = table(rows, terminal(STDOUT_FILENO)) + notes,
          .json = {{"user", request.user}, {"known", found.known}, {"left_out", found.rated}, {"items", items}}};
}

}  // namespace tenfold::cli
