// tenfold-core: the commands that need LibTorch. `tenfold` starts it; the arguments are the same.

#include <map>
#include <string>

#include "tenfold/cli/core/commands.h"
#include "tenfold/cli/program.h"

int main(int count, char** words) {
  using namespace tenfold::cli;
  const std::map<std::string, Answer (*)(const Arguments&)> computing = {
      {"inspect", inspect},         {"lr-find", find_rate},           {"train", train},
      {"evaluate", evaluate_model}, {"predict", predict_images},      {"explain", explain},
      {"models list", list_models}, {"models verify", verify_models}, {"doctor", doctor},
  };
  return run_program({words + 1, words + count}, [&](const Command& command, const Arguments& arguments) {
    return computing.at(command.name)(arguments);
  });
}
