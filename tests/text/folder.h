#pragma once
// A folder of small files that goes with the test.

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

#include "tenfold/core/file.h"

namespace tenfold::text {

class Folder {
 public:
  Folder() {
    static std::atomic<int> count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("tenfold-text-" + std::to_string(getpid()) + "-" + std::to_string(count++));
    std::filesystem::create_directories(path_);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path() const { return path_.string(); }
  /// Writes a file below the folder; its path.
  std::string file(const std::string& name, std::string_view content) const {
    const auto whole = path_ / name;
    std::filesystem::create_directories(whole.parent_path());
    write_file(whole, content);
    return whole.string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace tenfold::text
