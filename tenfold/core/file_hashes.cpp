#include "tenfold/core/file_hashes.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/hash.h"
#include "tenfold/core/threads.h"

namespace tenfold {
namespace {

constexpr size_t kMost = 1 << 20;
constexpr size_t kEntry = 32;  // bytes: two hashes

std::chrono::nanoseconds time_of(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

struct Look {
  std::string hash;                  ///< of what stat() says
  std::chrono::nanoseconds changed;  ///< the later of mtime and ctime
};

std::optional<Look> look_at(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  const auto modified = time_of(status.st_mtim), changed = time_of(status.st_ctim);
  ContentHash hash;
  hash.add_integer(static_cast<int64_t>(status.st_dev)).add_integer(static_cast<int64_t>(status.st_ino));
  hash.add_integer(status.st_size).add_integer(modified.count()).add_integer(changed.count());
  return Look{hash.hex(), std::max(modified, changed)};
}

}  // namespace

FileHashes::FileHashes(std::filesystem::path memo, std::chrono::nanoseconds settled)
    : path_(std::move(memo)), settled_(settled), known_(load()) {}

FileHashes::Bits FileHashes::bits_of(const std::string& hex) {
  Bits bits;
  std::from_chars(hex.data(), hex.data() + 16, bits.high, 16);
  std::from_chars(hex.data() + 16, hex.data() + 32, bits.low, 16);
  return bits;
}

std::string FileHashes::hex_of(const Bits& bits) {
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(bits.high),
                static_cast<unsigned long long>(bits.low));
  return text;
}

FileHashes::Memo FileHashes::load() const {
  Memo memo;
  std::error_code missing;
  if (path_.empty() || !std::filesystem::exists(path_, missing)) return memo;
  try {
    const std::string text = read_file(path_);
    if (text.size() % kEntry != sizeof(uint64_t)) return memo;
    const size_t end = text.size() - sizeof(uint64_t);
    uint64_t sum = 0;
    std::memcpy(&sum, text.data() + end, sizeof sum);
    if (sum != checksum(std::as_bytes(std::span(text.data(), end)))) return memo;
    for (size_t at = 0; at < end; at += kEntry) {
      Bits entry[2];
      std::memcpy(entry, text.data() + at, kEntry);
      memo.emplace(entry[0], entry[1]);
    }
  } catch (const FileError&) {
    memo.clear();  // hashed again
  }
  return memo;
}

std::vector<std::string> FileHashes::of(const std::vector<std::string>& paths, int threads) {
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
  std::vector<std::string> hashes(paths.size());
  std::vector<std::optional<Bits>> learned(paths.size());  // by what the file looked like before it was read
  std::atomic<int64_t> read = 0;
  ThreadPool(std::max(1, threads)).parallel_for(static_cast<int64_t>(paths.size()), [&](int64_t index) {
    const auto k = static_cast<size_t>(index);
    const auto look = look_at(paths[k]);
    if (!look) return;
    const Bits seen = bits_of(look->hash);
    for (const auto* memo : {&known_, &fresh_})
      if (const auto found = memo->find(seen); found != memo->end()) {
        hashes[k] = hex_of(found->second);
        return;
      }
    try {
      hashes[k] = content_hash(paths[k]);
    } catch (const FileError&) {
      return;
    }
    ++read;
    if (look->changed + settled_ <= now) learned[k] = seen;
  });
  for (size_t k = 0; k < paths.size(); ++k)
    if (learned[k]) fresh_.emplace(*learned[k], bits_of(hashes[k]));
  read_ += read;
  return hashes;
}

void FileHashes::save() {
  if (path_.empty() || fresh_.empty()) return;
  Memo others = load();
  known_.merge(others);
  std::string text;
  const auto append = [&](const Memo& memo) {
    for (const auto& [seen, hash] : memo) {
      if (text.size() >= kMost * kEntry) return;
      const Bits entry[2] = {seen, hash};
      text.append(reinterpret_cast<const char*>(entry), kEntry);
    }
  };
  append(fresh_);
  append(known_);
  const uint64_t sum = checksum(std::as_bytes(std::span(text)));
  text.append(reinterpret_cast<const char*>(&sum), sizeof sum);
  write_file(path_, text);
  known_.merge(fresh_);
  fresh_.clear();
}

}  // namespace tenfold
