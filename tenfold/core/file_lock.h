#pragma once
// Files that some processes read and others remove: readers hold a lock, and what is held is not removed.

#include <filesystem>

namespace tenfold {

/// A shared advisory lock (flock) on a file, for as long as the object lives. Waits for whoever is just removing it.
class SharedLock {
 public:
  explicit SharedLock(const std::filesystem::path& path);
  ~SharedLock();
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;
  /// False where the file is not there, or was removed meanwhile. On file systems without locks an open file counts.
  bool held() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// Removes a file that nobody holds by a SharedLock. True where it is gone.
bool remove_unused(const std::filesystem::path& path);

}  // namespace tenfold
