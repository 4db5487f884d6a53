#pragma once
// What both programs share: from words to an answer, an error or a page of help, and to an exit code.

#include <functional>
#include <string>
#include <vector>

#include "tenfold/cli/command.h"

namespace tenfold::cli {

/// Exit codes, a promise to scripts.
inline constexpr int kDone = 0, kFailed = 1, kUsage = 2, kBadData = 3, kInterrupted = 130;

/// Carries out what a command's `here` leaves open; tenfold hands over to tenfold-core, tenfold-core computes.
using Elsewhere = std::function<Answer(const Command&, const Arguments&)>;

/// Words without the program's name. Results go to standard output, errors to standard error; returns the exit code.
int run_program(const std::vector<std::string>& words, const Elsewhere& elsewhere);

/// One clear block for people, and its code, for whatever was thrown.
struct Failure {
  std::string kind;  ///< "usage", "config", "data", "weights", "file", "network", "training", "failed"
  std::string message;
  int code = kFailed;
};
Failure failure_of(const std::exception& error);

}  // namespace tenfold::cli
