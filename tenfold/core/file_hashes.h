#pragma once
// Content hashes of many files, remembered between runs: a file is read again only when it may have changed.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

namespace tenfold {

/// A file is known again by device, inode, size and both its times, to the nanosecond; its path plays no part, so a
/// folder may be renamed. Whoever changes a file changes its ctime, which no program can set back. What was changed
/// within `settled` of being hashed is not remembered: a second change might fall into the same tick of the clock
/// (git's "racy" files).
class FileHashes {
 public:
  /// `memo` is the file that remembers; empty remembers nothing beyond this object. One that is damaged is begun anew.
  explicit FileHashes(std::filesystem::path memo, std::chrono::nanoseconds settled = std::chrono::seconds(2));

  /// content_hash() of each path, read by `threads`; "" for a file that cannot be read.
  std::vector<std::string> of(const std::vector<std::string>& paths, int threads);
  /// Files read so far, the others were remembered.
  int64_t read() const { return read_; }

  /// Writes what is new, together with what other processes wrote meanwhile. At most a million files are kept, 32 MiB.
  /// Throws FileError.
  void save();

 private:
  struct Bits {  ///< 128 of a hash
    uint64_t high = 0, low = 0;
    bool operator==(const Bits&) const = default;
  };
  struct Spread {
    size_t operator()(const Bits& bits) const { return bits.low; }
  };
  using Memo = std::unordered_map<Bits, Bits, Spread>;  ///< what a file looks like → hash of its content

  Memo load() const;
  static Bits bits_of(const std::string& hex);
  static std::string hex_of(const Bits& bits);

  std::filesystem::path path_;
  std::chrono::nanoseconds settled_;
  Memo known_, fresh_;
  int64_t read_ = 0;
};

}  // namespace tenfold
