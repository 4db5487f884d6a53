#pragma once
// log.jsonl: one JSON object a line, appended and handed to the system at once, so a kill loses nothing but the line
// under way.

#include <cstdint>
#include <filesystem>

#include "tenfold/core/options.h"

namespace tenfold {

class RunLog {
 public:
  /// Keeps the first `keep` bytes (a checkpoint says how many its run had written) and appends after them.
  /// Throws FileError where the folder cannot be written.
  RunLog(std::filesystem::path path, int64_t keep);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  /// Throws FileError where the disk is full; a half-written line is taken back.
  void add(const Json& row);
  /// Bytes so far, on disk when this returns.
  int64_t settled();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  int64_t bytes_ = 0;
};

}  // namespace tenfold
