#pragma once
// Numbered chunks of a corpus in a file without a name, which is gone with the object or the process: what a first
// reading leaves for when there is a vocabulary.

#include <cstddef>
#include <cstdint>
#include <filesystem>

#include "tenfold/text/token_counting.h"

namespace tenfold::text {

class NumberedChunks {
 public:
  /// Throws FileError where the folder takes no file.
  explicit NumberedChunks(const std::filesystem::path& folder);
  ~NumberedChunks();
  NumberedChunks(const NumberedChunks&) = delete;
  NumberedChunks& operator=(const NumberedChunks&) = delete;

  /// Throws FileError, a full disk's among them.
  void write(const NumberedChunk& chunk);
  /// The chunks from the first on, in the order in which they were written; false behind the last.
  bool next(NumberedChunk& chunk);

 private:
  void write_bytes(const void* bytes, size_t size);
  void read_bytes(void* bytes, size_t size);

  std::filesystem::path path_;
  int descriptor_ = -1;
  uint64_t written_ = 0, read_ = 0;
};

}  // namespace tenfold::text
