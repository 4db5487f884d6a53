#pragma once
// What is in a folder of images, all broken files at once: for `tenfold inspect`.

#include <functional>
#include <string>
#include <vector>

#include "tenfold/core/inspection.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

struct ClassCount {
  std::string name;
  int64_t train = 0, valid = 0, test = 0;
};

struct Inspection {
  std::string layout;  ///< "train/valid folders", "train folder", "class folders", "csv", "idx files"
  std::string task;
  int64_t train = 0, valid = 0, test = 0;
  std::vector<ClassCount> classes;
  std::vector<Broken>
      broken;  ///< unreadable files; empty class folders, a class that train lacks, rows without a file, …
  /// Files of equal content across splits or in different classes; where the seed makes the split, any files of equal
  /// content.
  std::vector<std::vector<std::string>> duplicates;
  std::vector<std::string> warnings;  ///< imbalance, a class that valid lacks, misleading endings, tiny images, …
  int min_width = 0, min_height = 0, max_width = 0, max_height = 0, median_width = 0, median_height = 0;
  std::string recommendation;  ///< a command line; empty where more than single files stops training
};

/// Reads every file, in parallel. Never throws for content; throws DataError only where the path is no image data at
/// all, and ConfigError for options that cannot work. `progress` takes files done and all; it is called from several
/// threads, in turn.
Inspection inspect(const DataOptions& options, int workers, const std::function<void(int64_t, int64_t)>& progress = {});
Json to_json(const Inspection& inspection);

}  // namespace tenfold::vision
