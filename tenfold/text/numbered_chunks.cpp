#include "tenfold/text/numbered_chunks.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tenfold/core/file.h"

namespace tenfold::text {
namespace {

struct Header {
  int32_t thread = 0;
  uint32_t ends = 0;
  uint64_t bytes = 0;
};

}  // namespace

NumberedChunks::NumberedChunks(const std::filesystem::path& folder) {
  for (int attempt = 0; descriptor_ < 0; ++attempt) {
    path_ = folder / (".numbers." + std::to_string(::getpid()) + "-" + std::to_string(attempt) + ".part");
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor_ < 0 && errno != EEXIST) throw file_error(path_, "written", errno);
  }
  ::unlink(path_.c_str());
}

NumberedChunks::~NumberedChunks() { ::close(descriptor_); }

void NumberedChunks::write_bytes(const void* bytes, size_t size) {
  for (const auto* from = static_cast<const char*>(bytes); size > 0;) {
    const ssize_t done = ::pwrite(descriptor_, from, size, static_cast<off_t>(written_));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) throw file_error(path_, "written", errno);
    from += done;
    size -= static_cast<size_t>(done);
    written_ += static_cast<uint64_t>(done);
  }
}

void NumberedChunks::read_bytes(void* bytes, size_t size) {
  for (auto* to = static_cast<char*>(bytes); size > 0;) {
    const ssize_t done = ::pread(descriptor_, to, size, static_cast<off_t>(read_));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) throw file_error(path_, "read", done < 0 ? errno : EIO);
    to += done;
    size -= static_cast<size_t>(done);
    read_ += static_cast<uint64_t>(done);
  }
}

void NumberedChunks::write(const NumberedChunk& chunk) {
  const Header header{
      .thread = chunk.thread, .ends = static_cast<uint32_t>(chunk.ends.size()), .bytes = chunk.numbers.size()};
  write_bytes(&header, sizeof(header));
  write_bytes(chunk.ends.data(), chunk.ends.size() * sizeof(uint32_t));
  write_bytes(chunk.numbers.data(), chunk.numbers.size());
}

bool NumberedChunks::next(NumberedChunk& chunk) {
  if (read_ == written_) return false;
  Header header;
  read_bytes(&header, sizeof(header));
  chunk.thread = header.thread;
  chunk.ends.resize(header.ends);
  chunk.numbers.resize(header.bytes);
  read_bytes(chunk.ends.data(), chunk.ends.size() * sizeof(uint32_t));
  read_bytes(chunk.numbers.data(), chunk.numbers.size());
  return true;
}

}  // namespace tenfold::text
