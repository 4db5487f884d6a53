// tenfold models list and verify, and doctor: rows only, since what they say comes from the networks and from LibTorch.

#include "tenfold/cli/commands.h"

namespace tenfold::cli {

Command models_list_command() {
  return {.name = "models list",
          .summary = "the networks there are: size, published accuracy, and whether their weights are at hand",
          .help = "  tenfold models list\n  tenfold train --images PHOTOS --backbone NAME"};
}

Command models_verify_command() {
  return {
      .name = "models verify",
      .summary = "check that the published weights in the model folder are whole and fit their networks",
      .help =
          R"(Reads each file as data, without executing anything in it, and loads it into the network that it is meant for.

  tenfold models verify
  tenfold models verify efficientnet_lite0)",
      .positionals = {{.name = "NAME",
                       .help = "networks to check; without any, all whose files are there",
                       .count = Positional::Count::any,
                       .kind = Positional::Kind::word}}};
}

Command doctor_command() {
  return {
      .name = "doctor",
      .summary = "what this machine has, what `auto` makes of it, and what is missing",
      .help =
          R"(Cores, vector instructions, memory and disk; the precision and threads that training takes by itself; LibTorch's
version and build; the model folder. Send its output along with a report of a problem.

  tenfold doctor)"};
}

}  // namespace tenfold::cli
