#pragma once
// Reading little-endian values from bytes that may lie: every access is checked against the end.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "tenfold/core/error.h"

namespace tenfold::nn {

using Bytes = std::span<const std::byte>;

/// Walks over a weight file, or a part of it. `path` is for messages.
class Cursor {
 public:
  Cursor(Bytes bytes, std::string path, uint64_t position = 0)
      : bytes_(bytes), path_(std::move(path)), position_(position) {}

  /// Throws WeightsError: "is cut off …".
  Bytes take(uint64_t count) {
    if (position_ > bytes_.size() || count > bytes_.size() - position_)
      throw WeightsError(path_, "",
                         "is cut off: " + std::to_string(count) + " bytes are announced at " +
                             std::to_string(position_) + " of " + std::to_string(bytes_.size()) +
                             "; get the file again");
    position_ += count;
    return bytes_.subspan(position_ - count, count);
  }

  template <class T>
  T little() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  std::string text(uint64_t count) {
    const Bytes taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  /// Up to the next line feed, which is taken too.
  std::string line() {
    std::string text;
    for (char letter; (letter = little<char>()) != '\n';) text += letter;
    return text;
  }

  uint64_t position() const { return position_; }
  const std::string& path() const { return path_; }

 private:
  Bytes bytes_;
  std::string path_;
  uint64_t position_;
};

}  // namespace tenfold::nn
