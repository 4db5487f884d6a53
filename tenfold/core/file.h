#pragma once
// Files that are whole or not there: write to a temporary beside the target, fsync, rename.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "tenfold/core/error.h"

namespace tenfold {

/// What the system said (`reason` is an errno) as an error with its remedy; `action` completes "cannot be …": "read",
/// "written".
FileError file_error(const std::filesystem::path& path, std::string_view action, int reason);

/// The whole file. Throws FileError, naming the remedy, where it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// A file being written. Destroyed without commit() it leaves nothing behind and the previous file whole.
class AtomicFile {
 public:
  /// Throws FileError where the folder is missing, read-only or full. The message says which and what to do.
  explicit AtomicFile(std::filesystem::path path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text);
  /// fsync, rename over the target, fsync of the folder. Throws FileError; the previous file is then still whole.
  void commit();

 private:
  std::filesystem::path path_, temporary_;
  int descriptor_ = -1;
};

/// AtomicFile for text that is at hand.
void write_file(const std::filesystem::path& path, std::string_view text);

/// A file mapped for reading. The mapping lives as long as the object.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace tenfold
