#include "tenfold/net/part.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "tenfold/core/file.h"

namespace tenfold::net {
namespace {

/// The one before may have renamed or removed the file between our open and our lock.
bool still_there(int descriptor, const std::filesystem::path& path) {
  struct stat ours{}, named{};
  return ::fstat(descriptor, &ours) == 0 && ::stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
         ours.st_dev == named.st_dev;
}

}  // namespace

std::filesystem::path part_of(const std::filesystem::path& file) { return file.string() + ".part"; }

std::optional<Part> Part::claim(const std::filesystem::path& file) {
  const auto path = part_of(file);
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw file_error(path, "written", errno);
    // A file system without locks says another error than EWOULDBLOCK; there the download goes on unlocked.
    const bool held = ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!held && still_there(descriptor, path)) return Part(path, descriptor, ::lseek(descriptor, 0, SEEK_END));
    ::close(descriptor);
    if (held) return std::nullopt;
  }
}

Part::Part(std::filesystem::path path, int descriptor, int64_t size)
    : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

Part::Part(Part&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}

Part::~Part() {
  if (descriptor_ < 0) return;
  if (size_ == 0) discard();
  ::close(descriptor_);  // and the lock with it
}

std::string Part::etag() const {
  std::error_code none;
  return std::filesystem::exists(etag_path(), none) ? read_file(etag_path()) : "";
}

void Part::cut(int64_t size) {
  if (::ftruncate(descriptor_, size) != 0 || ::lseek(descriptor_, size, SEEK_SET) < 0)
    throw file_error(path_, "written", errno);
  size_ = size;
}

void Part::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw file_error(path_, "written", errno);
    bytes = bytes.subspan(static_cast<size_t>(wrote));
    size_ += wrote;
  }
}

void Part::set_etag(const std::string& etag) {
  std::error_code none;
  if (etag.empty())
    std::filesystem::remove(etag_path(), none);
  else
    write_file(etag_path(), etag);
}

void Part::discard() {
  ::unlink(path_.c_str());
  ::unlink(etag_path().c_str());
}

void Part::commit(const std::filesystem::path& file) {
  if (::fsync(descriptor_) != 0) throw file_error(path_, "written", errno);
  if (::rename(path_.c_str(), file.c_str()) != 0) throw file_error(file, "written", errno);
  ::unlink(etag_path().c_str());
}

}  // namespace tenfold::net
