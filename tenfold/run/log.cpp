#include "tenfold/run/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "tenfold/core/file.h"

namespace tenfold {

RunLog::RunLog(std::filesystem::path path, int64_t keep) : path_(std::move(path)), bytes_(keep) {
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0 || ::ftruncate(descriptor_, keep) != 0 || ::lseek(descriptor_, 0, SEEK_END) < 0) {
    const int reason = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw file_error(path_, "written", reason);
  }
}

RunLog::~RunLog() { ::close(descriptor_); }

void RunLog::add(const Json& row) {
  const std::string line = row.dump() + "\n";
  size_t done = 0;
  while (done < line.size()) {
    const ssize_t wrote = ::write(descriptor_, line.data() + done, line.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      const int reason = errno;
      if (::ftruncate(descriptor_, bytes_) == 0) ::lseek(descriptor_, bytes_, SEEK_SET);
      throw file_error(path_, "written", wrote < 0 ? reason : ENOSPC);
    }
    done += static_cast<size_t>(wrote);
  }
  bytes_ += static_cast<int64_t>(line.size());
}

int64_t RunLog::settled() {
  ::fdatasync(descriptor_);
  return bytes_;
}

}  // namespace tenfold
