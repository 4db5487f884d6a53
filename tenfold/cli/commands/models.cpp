// tenfold models list, pull and verify, and doctor: rows only, since what they say comes from the networks and from
// LibTorch.

#include "tenfold/cli/commands/models.h"

#include "tenfold/cli/commands.h"

namespace tenfold::cli {

PullFlags pull_request(const Arguments& arguments) {
  auto own = own_options<PullFlags>(arguments);
  if (own.all_of.empty() && arguments.positionals.empty())
    throw UsageError(
        "no network named: `tenfold models pull NAME`, or --all-of FAMILY; `tenfold models list` has them");
  return own;
}

Command models_list_command() {
  return {
      .name = "models list",
      .summary = "the networks there are: size, published accuracy, licence, and whether their weights are at hand",
      .help =
          R"(top-1 is the published accuracy on ImageNet with these weights; parameters leave out the published classifier. --json
has more: family, publisher, address, SHA-256 and file of each.

  tenfold models list
  tenfold models pull NAME
  tenfold train --images PHOTOS --backbone NAME --weights pretrained)"};
}

Command models_pull_command() {
  return {
      .name = "models pull",
      .summary = "download published weights into the model folder, resumed and checked",
      .help =
          R"(Each file comes from its publisher, under the publisher's licence, into the model folder (`tenfold doctor` says which;
TENFOLD_MODELS names another). What was cut off goes on where it stopped, also after Ctrl-C; the SHA-256 is compared with the
published one, or with its first digits where the publisher names no more; a file appears only when it is whole. What is there
and right is left alone. TENFOLD_MODELS_URL names a mirror: a folder on the web with the files under their own names.

Without a network: fetch the address that `tenfold models list --json -` names on another machine, and put the file into the
model folder under the name that stands beside it.

  tenfold models pull resnet34
  tenfold models pull --all-of resnet)",
      .positionals = {{.name = "NAME",
                       .help = "networks whose weights to download",
                       .count = Positional::Count::any,
                       .kind = Positional::Kind::word}},
      .flags = flags_of(describe(PullFlags{})),
      .here = [](const Arguments& arguments) -> std::optional<Answer> {
        pull_request(arguments);
        return std::nullopt;
      }};
}

Command models_verify_command() {
  return {
      .name = "models verify",
      .summary = "check that the published weights in the model folder are whole and fit their networks",
      .help =
          R"(Compares the SHA-256 of each file with the published one, reads the file as data, without executing anything in it, and
loads it into the network that it is meant for. Lists every problem; ends with exit code 3 where there is one.

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
