// tenfold lr-find.

#include "tenfold/cli/commands/lr_find.h"

#include <unistd.h>

#include <iostream>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/progress.h"
#include "tenfold/report/report.h"
#include "tenfold/report/text_plot.h"
#include "tenfold/run/application.h"
#include "tenfold/train/lr_find.h"

namespace tenfold::cli {

Answer find_rate(const Arguments& arguments) {
  const auto request = lr_find_request(arguments);
  Progress progress(std::cerr, terminal(STDERR_FILENO));
  const auto prepared = application(request.recipe);
  if (request.own.all) prepared->learner().unfreeze();
  const LrCurve curve = lr_find(prepared->learner(), request.recipe.lr_find, [&](int step) {
    progress.update("finding the rate, steps", step + 1, request.recipe.lr_find.steps);
  });
  const auto [low, high] = curve.valley_range();
  const std::vector<std::pair<std::string, double>> suggestions = {{"valley", curve.valley()},
                                                                   {"slide", curve.slide()},
                                                                   {"minimum / 10", curve.minimum()},
                                                                   {"steep", curve.steep()}};
  std::vector<std::vector<std::string>> rows{{"rule", "rate"}};
  for (const auto& [rule, rate] : suggestions) rows.push_back({rule, number(rate, 3)});
  rows[1].push_back("between " + number(low, 3) + " and " + number(high, 3) + " when the noise is drawn again");

  const Terminal out = terminal(STDOUT_FILENO);
  std::string text;
  if (request.own.plot || isatty(STDOUT_FILENO))
    text = report::text_plot(curve.lr, curve.loss, suggestions, {.width = out.width}) + "\n";
  text += table(rows, out);
  text += curve.diverged ? "the sweep stopped where the loss ran away\n"
                         : "the loss never ran away; a larger --lr_find.end shows more\n";
  if (!request.own.report.empty()) {
    report::Page page{.title = "Learning rate"};
    page.summary = {{"valley", number(curve.valley(), 3)}};
    page.lr_plots = {{.lr = curve.lr, .loss = curve.loss, .suggestions = suggestions, .range = {low, high}}};
    report::write(request.own.report, page);
    text += "report  " + request.own.report + "\n";
  }
  return {.text = text, .json = to_json(curve)};
}

}  // namespace tenfold::cli
