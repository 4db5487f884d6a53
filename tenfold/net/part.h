#pragma once
// FILE.part: what has come of a download so far, locked against others that fetch the same file.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace tenfold::net {

class Part {
 public:
  /// Nothing while another process, or another thread, has it. Throws FileError where it cannot be written.
  static std::optional<Part> claim(const std::filesystem::path& file);
  Part(Part&& other) noexcept;
  Part& operator=(Part&&) = delete;
  /// Gives up the lock. An empty part is removed.
  ~Part();

  int64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }
  /// ETag that the bytes came with, or "".
  std::string etag() const;

  /// What follows replaces all from `size` on.
  void cut(int64_t size);
  void append(std::span<const std::byte> bytes);
  void set_etag(const std::string& etag);
  /// Removes it and its ETag.
  void discard();
  /// fsync, then renames it to the file.
  void commit(const std::filesystem::path& file);

 private:
  Part(std::filesystem::path path, int descriptor, int64_t size);
  std::filesystem::path etag_path() const { return path_.string() + ".etag"; }

  std::filesystem::path path_;
  int descriptor_ = -1;
  int64_t size_ = 0;
};

/// FILE.part.
std::filesystem::path part_of(const std::filesystem::path& file);

}  // namespace tenfold::net
