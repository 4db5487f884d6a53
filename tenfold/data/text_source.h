#pragma once
// The bytes of a text file as UTF-8, piece by piece, whatever encoding it has on disk. Torch-free.

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace tenfold {

/// automatic: UTF-16 where a byte order mark says so, UTF-8 otherwise.
enum class Encoding { automatic, utf8, latin1, utf16 };
constexpr auto names(Encoding) {
  return std::to_array<std::pair<Encoding, std::string_view>>({{Encoding::automatic, "auto"},
                                                               {Encoding::utf8, "utf8"},
                                                               {Encoding::latin1, "latin1"},
                                                               {Encoding::utf16, "utf16"}});
}

/// Latin-1 and UTF-16 (by its byte order mark; little-endian without one) are converted. UTF-8 is passed on as it is,
/// without its byte order mark; whether it is well-formed is for the reader to check, who knows the line.
class TextSource {
 public:
  /// Throws FileError where the file cannot be read.
  explicit TextSource(const std::filesystem::path& path, Encoding encoding = Encoding::automatic);
  /// Text in memory, which outlives this; `name` is for messages.
  TextSource(std::string_view text, std::string name, Encoding encoding = Encoding::automatic);
  ~TextSource();
  TextSource(const TextSource&) = delete;
  TextSource& operator=(const TextSource&) = delete;

  /// The next bytes: `size` of them, fewer only at the end. Throws FileError, and DataError for half a character at
  /// the end of UTF-16.
  size_t read(char* out, size_t size);
  /// The next bytes without taking them: `size` of them or more, fewer only at the end. Valid until the next call.
  std::string_view peek(size_t size);
  const std::string& name() const { return name_; }

 private:
  void begin(Encoding encoding);
  size_t read_raw(char* out, size_t size);
  void convert();

  std::string name_;
  int descriptor_ = -1;
  std::string_view text_{};
  Encoding encoding_ = Encoding::utf8;
  bool big_endian_ = false;
  std::string raw_{};      ///< read and not converted: half of a pair
  std::string pending_{};  ///< converted (or read to find the mark) and not handed out
  size_t handed_ = 0;
};

}  // namespace tenfold
