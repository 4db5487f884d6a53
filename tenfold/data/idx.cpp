#include "tenfold/data/idx.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "tenfold/core/error.h"

namespace tenfold {
namespace {

/// A file read through zlib, which passes plain files on as they are.
class Stream {
 public:
  explicit Stream(const std::filesystem::path& path) : path_(path.string()), file_(gzopen(path_.c_str(), "rb")) {
    if (!file_) throw FileError(path_, std::string("cannot be read (") + std::strerror(errno) + "); check the path");
  }

  /// Up to `count` bytes; fewer at the end.
  std::vector<uint8_t> read(size_t count) {
    std::vector<uint8_t> bytes;
    while (bytes.size() < count) {  // in pieces: a lying header takes no more memory than the file has
      constexpr size_t kPiece = 1 << 20;
      const size_t have = bytes.size(), want = std::min(kPiece, count - have);
      bytes.resize(have + want);
      const int got = gzread(file_.get(), bytes.data() + have, static_cast<unsigned>(want));
      if (static_cast<size_t>(got) == want) continue;
      int code = 0;
      const char* words = gzerror(file_.get(), &code);
      if (code == Z_BUF_ERROR)
        throw DataError(path_, 0, "is truncated: its gzip data end early; copy or download it again");
      if (got < 0) throw DataError(path_, 0, std::string("is damaged (") + words + "); copy or download it again");
      bytes.resize(have + static_cast<size_t>(got));
      break;
    }
    return bytes;
  }
  const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(gzFile file) const { gzclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::remove_pointer_t<gzFile>, Close> file_;
};

std::string text_of(const std::vector<int64_t>& shape) {
  std::string text;
  for (const int64_t size : shape) text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

}  // namespace

Idx read_idx(const std::filesystem::path& path) {
  constexpr uint8_t kBytes = 0x08;
  Stream stream(path);
  const auto magic = stream.read(4);
  if (magic.size() < 4 || magic[0] != 0 || magic[1] != 0 || magic[3] == 0)
    throw DataError(stream.path(), 0, "is no idx file, which begins with 00 00 08 and the number of dimensions");
  if (magic[2] != kBytes)
    throw DataError(stream.path(), 0,
                    "holds values of idx type " + std::to_string(magic[2]) + "; only bytes, type 8, are read");
  Idx idx;
  const auto header = stream.read(size_t{4} * magic[3]);
  if (header.size() < size_t{4} * magic[3])
    throw DataError(stream.path(), 0, "is truncated within its header; copy or download it again");
  size_t count = 1;
  for (size_t k = 0; k < magic[3]; ++k) {
    const size_t size = size_t{header[4 * k]} << 24 | size_t{header[4 * k + 1]} << 16 | size_t{header[4 * k + 2]} << 8 |
                        size_t{header[4 * k + 3]};
    idx.shape.push_back(static_cast<int64_t>(size));
    if (__builtin_mul_overflow(count, size, &count))
      throw DataError(stream.path(), 0, "says that it holds " + text_of(idx.shape) + " values, more than there can be");
  }
  idx.values = stream.read(count);
  if (idx.values.size() < count)
    throw DataError(stream.path(), 0,
                    "is truncated: its header says " + text_of(idx.shape) + " bytes, it holds " +
                        std::to_string(idx.values.size()) + "; copy or download it again");
  if (!stream.read(1).empty())
    throw DataError(stream.path(), 0, "holds more than the " + text_of(idx.shape) + " bytes that its header says");
  return idx;
}

}  // namespace tenfold
