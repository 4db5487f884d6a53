#pragma once
// Runs the built programs as a user would: words in, exit code and both outputs back. And small worlds for them to work
// on.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace tenfold::cli {

namespace fs = std::filesystem;

inline std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline void spill(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

/// A folder of its own for one test, gone afterwards.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "tenfold-cli-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  fs::path operator/(const std::string& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

struct Finished {
  int code = 0;
  std::string out, err;
};

/// A program under way.
class Started {
 public:
  Started(const std::string& program, std::vector<std::string> words, const fs::path& working,
          const std::map<std::string, std::string>& environment, const std::string& input) {
    spill(streams_ / "in", input);
    process_ = fork();
    if (process_ == 0) {
      if (!working.empty() && chdir(working.c_str()) != 0) _exit(120);
      for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
      redirect(streams_ / "in", O_RDONLY, 0);
      redirect(streams_ / "out", O_WRONLY | O_CREAT, 1);
      redirect(streams_ / "err", O_WRONLY | O_CREAT, 2);
      words.insert(words.begin(), program);
      std::vector<char*> pointers;
      for (auto& word : words) pointers.push_back(word.data());
      pointers.push_back(nullptr);
      execvp(program.c_str(), pointers.data());
      _exit(121);
    }
  }
  pid_t process() const { return process_; }
  std::string err() const { return slurp(streams_ / "err"); }

  Finished wait() {
    int status = 0;
    waitpid(process_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), slurp(streams_ / "out"),
            slurp(streams_ / "err")};
  }

 private:
  static void redirect(const fs::path& path, int flags, int descriptor) {
    const int opened = open(path.c_str(), flags, 0600);
    if (opened < 0 || dup2(opened, descriptor) < 0) _exit(122);
  }
  Folder streams_;
  pid_t process_ = -1;
};

inline std::string tenfold_program() { return TENFOLD_BINARY_DIR "/tenfold"; }

struct In {
  fs::path folder{};
  std::map<std::string, std::string> environment{};
  std::string input{};
};

inline Finished run_words(std::vector<std::string> words, const In& in = {}) {
  return Started(tenfold_program(), std::move(words), in.folder, in.environment, in.input).wait();
}

/// A picture as a 24-bit BMP: `size` pixels square, a bright bar across (kind 0), down (1) or none (2), noise by
/// `variant`.
inline std::string bmp(int size, int kind, unsigned variant) {
  const int row = (size * 3 + 3) / 4 * 4;
  std::string file(54 + static_cast<size_t>(row * size), '\0');
  const auto put = [&](size_t at, uint32_t value, int bytes) {
    for (int k = 0; k < bytes; ++k) file[at + static_cast<size_t>(k)] = static_cast<char>(value >> (8 * k));
  };
  file[0] = 'B';
  file[1] = 'M';
  put(2, static_cast<uint32_t>(file.size()), 4);
  put(10, 54, 4);
  put(14, 40, 4);
  put(18, static_cast<uint32_t>(size), 4);
  put(22, static_cast<uint32_t>(size), 4);
  put(26, 1, 2);
  put(28, 24, 2);
  unsigned state = variant * 2654435761u + 1;
  const int centre = size / 3 + static_cast<int>(variant % 3) * size / 9;
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x)
      for (int c = 0; c < 3; ++c) {
        state = state * 1664525u + 1013904223u;
        const int distance = std::abs((kind == 0 ? y : x) - centre);
        const int value = (kind < 2 && distance < size / 8 ? 190 : 30) + static_cast<int>(state >> 27);
        file[54 + static_cast<size_t>(y * row + x * 3 + c)] = static_cast<char>(value);
      }
  return file;
}

/// Class folders "across", "down" and "plain" with `each` pictures.
inline void make_pictures(const fs::path& folder, int each, int size = 16) {
  for (int k = 0; k < each; ++k) {
    spill(folder / "across" / ("a" + std::to_string(k) + ".bmp"), bmp(size, 0, static_cast<unsigned>(k)));
    spill(folder / "down" / ("d" + std::to_string(k) + ".bmp"), bmp(size, 1, static_cast<unsigned>(k + 1000)));
    spill(folder / "plain" / ("p" + std::to_string(k) + ".bmp"), bmp(size, 2, static_cast<unsigned>(k + 2000)));
  }
}

}  // namespace tenfold::cli
