#include "tenfold/core/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <tuple>
#include <utility>

namespace tenfold {
namespace {

/// Never empty, so that it can be opened.
std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

std::string remedy(const std::filesystem::path& path, std::string_view action, int reason) {
  std::error_code ignored;
  const auto folder = folder_of(path);
  switch (reason) {
    case ENOENT:
      if (!std::filesystem::exists(folder, ignored))
        return "folder " + folder.string() + " does not exist; create it or correct the path";
      return "no such file in " + folder.string() + "; correct the path";
    case EACCES:
    case EPERM:
      return action == "read"
                 ? "no permission; make it readable (chmod u+r)"
                 : "no permission in " + folder.string() + "; make it writable (chmod u+w) or choose another folder";
    case EROFS:
      return "the file system is read-only; choose a folder on another one";
    case ENOSPC:
      return "the disk is full; free some space or choose a folder on another disk";
    case EDQUOT:
      return "the disk quota is used up; free some space or choose a folder on another disk";
    case EFBIG:
      return "it would be larger than the file system or `ulimit -f` allows; raise the limit or choose another disk";
    case EISDIR:
      return "it is a folder; name a file";
    case ENOTDIR:
      return "a part of the path is a file, not a folder; correct the path";
    case ENAMETOOLONG:
      return "the name is too long; shorten it";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise `ulimit -n`";
    default:
      return std::string(std::strerror(reason));
  }
}

/// A new file beside the target. Its name tells whose leftover it is, should the process be killed.
std::pair<int, std::filesystem::path> open_beside(const std::filesystem::path& path) {
  for (int attempt = 0;; ++attempt) {
    auto temporary = folder_of(path) / ("." + path.filename().string() + "." + std::to_string(::getpid()) + "-" +
                                        std::to_string(attempt) + ".part");
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0) return {descriptor, std::move(temporary)};
    if (errno != EEXIST) throw file_error(path, "written", errno);
  }
}

/// The name itself reaches the disk only with its folder. Some file systems cannot fsync a folder and say EINVAL;
/// theirs is then as durable as it gets.
void sync_folder(const std::filesystem::path& path) {
  const int folder = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;  // a folder may be writable without being readable
  const bool failed = ::fsync(folder) != 0 && errno != EINVAL && errno != EROFS;
  const int reason = errno;
  ::close(folder);
  if (failed) throw file_error(path, "written", reason);
}

}  // namespace

FileError file_error(const std::filesystem::path& path, std::string_view action, int reason) {
  return {path.string(), "cannot be " + std::string(action) + ": " + remedy(path, action, reason)};
}

std::string read_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw file_error(path, "read", errno);
  std::string text;
  struct stat status{};
  if (::fstat(descriptor, &status) == 0 && status.st_size > 0) text.reserve(static_cast<size_t>(status.st_size) + 1);
  char piece[1 << 16];
  ssize_t got = 0;
  while ((got = ::read(descriptor, piece, sizeof piece)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int reason = errno;
      ::close(descriptor);
      throw file_error(path, "read", reason);
    }
    text.append(piece, static_cast<size_t>(got));
  }
  ::close(descriptor);
  return text;
}

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {
  struct stat status{};
  if (path_.filename().empty() || (::stat(path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode)))
    throw file_error(path_, "written", EISDIR);
  std::tie(descriptor_, temporary_) = open_beside(path_);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw file_error(path_, "written", errno);
    bytes = bytes.subspan(static_cast<size_t>(wrote));
  }
}

void AtomicFile::write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) throw file_error(path_, "written", errno);
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0)
    throw file_error(path_, "written", errno);  // a network file system may only now say that it is full
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) throw file_error(path_, "written", errno);
  temporary_.clear();
  sync_folder(path_);
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

MappedFile::MappedFile(const std::filesystem::path& path) : path_(path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw file_error(path, "read", errno);
  struct stat status{};
  int reason = ::fstat(descriptor, &status) != 0 ? errno : S_ISDIR(status.st_mode) ? EISDIR : 0;
  if (reason == 0 && status.st_size > 0) {
    void* const start = ::mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (start == MAP_FAILED) {
      reason = errno;
    } else {
      data_ = static_cast<const std::byte*>(start);
      size_ = static_cast<size_t>(status.st_size);
    }
  }
  ::close(descriptor);  // the mapping keeps the file
  if (reason != 0) throw file_error(path, "read", reason);
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace tenfold
