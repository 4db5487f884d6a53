#pragma once
// Content hashing for cache keys and provenance (XXH3, 128 bits: fast, not a security hash), and SHA-256 for downloads.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace tenfold {

/// Streaming XXH3-128. Each add() is length-prefixed, so ("ab","c") and ("a","bc") differ.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash& add(std::span<const std::byte> bytes);
  ContentHash& add(std::string_view text);
  ContentHash& add_number(double value);
  ContentHash& add_integer(int64_t value);
  /// 32 hexadecimal digits.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// XXH3-128 of a file's content, as the usual tools print it. Throws FileError.
std::string content_hash(const std::filesystem::path& path);

/// XXH3, 64 bits: tells whether bytes are still those that were written, at memory's speed.
uint64_t checksum(std::span<const std::byte> bytes);

/// SHA-256 (FIPS 180-4) as 64 hexadecimal digits.
std::string sha256(std::span<const std::byte> bytes);
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace tenfold
