#include "tenfold/core/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace tenfold {
namespace {

/// False where somebody else's lock is in the way.
bool lock(int descriptor, int operation) {
  int result = 0;
  while ((result = ::flock(descriptor, operation)) != 0 && errno == EINTR) continue;
  return result == 0 || errno != EWOULDBLOCK;
}

}  // namespace

SharedLock::SharedLock(const std::filesystem::path& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) return;
  lock(descriptor_, LOCK_SH);
  struct stat status{};
  if (::fstat(descriptor_, &status) == 0 && status.st_nlink > 0) return;
  ::close(descriptor_);
  descriptor_ = -1;
}

SharedLock::~SharedLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool remove_unused(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT;
  const bool free = lock(descriptor, LOCK_EX | LOCK_NB);
  const bool gone = free && (::unlink(path.c_str()) == 0 || errno == ENOENT);
  ::close(descriptor);
  return gone;
}

}  // namespace tenfold
