#pragma once
// Every error that tenfold throws. The message says what was found, what was required, and what to do.

#include <stdexcept>
#include <string>
#include <utility>

namespace tenfold {

/// Base of every error that tenfold throws.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An option, alone or together with others, that cannot work. `option` is its dotted path, "sgdr.cycles".
struct ConfigError : Error {
  ConfigError(std::string option_name, const std::string& problem)
      : Error(option_name + ": " + problem), option(std::move(option_name)) {}
  std::string option;
};

/// A file whose content cannot be used; `line` counts from 1, 0 where lines mean nothing.
struct DataError : Error {
  DataError(std::string file, long line_number, const std::string& problem)
      : Error(file + (line_number > 0 ? ":" + std::to_string(line_number) : "") + ": " + problem),
        path(std::move(file)),
        line(line_number) {}
  std::string path;
  long line;
};

/// A file that the system would not read or write: missing, no permission, disk full.
struct FileError : Error {
  FileError(std::string file, const std::string& problem) : Error(file + ": " + problem), path(std::move(file)) {}
  std::string path;
};

/// A weight file that does not fit the network, or is no weight file; `name` is the tensor concerned, or empty.
struct WeightsError : Error {
  WeightsError(std::string file, std::string tensor, const std::string& problem)
      : Error(file + (tensor.empty() ? "" : ": " + tensor) + ": " + problem),
        path(std::move(file)),
        name(std::move(tensor)) {}
  std::string path, name;
};

/// Training that cannot go on (a loss of NaN); `step` counts optimiser steps from 0.
struct TrainingError : Error {
  TrainingError(long at_step, const std::string& problem)
      : Error("step " + std::to_string(at_step) + ": " + problem), step(at_step) {}
  long step;
};

}  // namespace tenfold
