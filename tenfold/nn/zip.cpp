#include "tenfold/nn/zip.h"

#include <algorithm>
#include <optional>

namespace tenfold::nn {
namespace {

// PKWARE APPNOTE 6.3.9: signatures of the records, and the values that send a reader to the 64-bit fields.
constexpr uint32_t kEnd = 0x06054b50, kEnd64 = 0x06064b50, kLocator64 = 0x07064b50, kEntry = 0x02014b50,
                   kLocal = 0x04034b50;
constexpr uint32_t kSee64 = 0xffffffff;
constexpr uint16_t kCountSee64 = 0xffff;
constexpr uint64_t kEndSize = 22, kLocatorSize = 20, kLongestComment = 0xffff;

[[noreturn]] void refuse(const std::string& path, const std::string& problem) {
  throw WeightsError(path, "",
                     "is a zip file that " + problem + "; get the file again, or save it anew with torch.save");
}

uint64_t find_end(Bytes file, const std::string& path) {
  if (file.size() >= kEndSize) {
    const uint64_t last = file.size() - kEndSize, first = last > kLongestComment ? last - kLongestComment : 0;
    for (uint64_t at = last + 1; at-- > first;)
      if (Cursor(file, path, at).little<uint32_t>() == kEnd) return at;
  }
  refuse(path, "has no directory: it is cut off");
}

struct Directory {
  uint64_t entries = 0, offset = 0;
};

Directory find_directory(Bytes file, const std::string& path) {
  const uint64_t end = find_end(file, path);
  Cursor record(file, path, end + 10);
  const auto entries = record.little<uint16_t>();
  record.take(4);
  const auto offset = record.little<uint32_t>();
  if (entries != kCountSee64 && offset != kSee64) return {entries, offset};
  if (end < kLocatorSize) refuse(path, "lacks its 64-bit directory");
  Cursor locator(file, path, end - kLocatorSize);
  if (locator.little<uint32_t>() != kLocator64) refuse(path, "lacks its 64-bit directory");
  locator.take(4);
  Cursor end64(file, path, locator.little<uint64_t>());
  if (end64.little<uint32_t>() != kEnd64) refuse(path, "lacks its 64-bit directory");
  end64.take(28);
  Directory directory;
  directory.entries = end64.little<uint64_t>();
  end64.take(8);
  directory.offset = end64.little<uint64_t>();
  return directory;
}

/// The 64-bit values of an entry's extra field, in the order of the fields that announce them.
std::optional<Cursor> extra64(Bytes extra, const std::string& path) {
  Cursor fields(extra, path);
  while (fields.position() + 4 <= extra.size()) {
    const auto id = fields.little<uint16_t>();
    const Bytes content = fields.take(fields.little<uint16_t>());
    if (id == 1) return Cursor(content, path);
  }
  return std::nullopt;
}

}  // namespace

std::map<std::string, Bytes> zip_entries(Bytes file, const std::string& path) {
  const Directory directory = find_directory(file, path);
  std::map<std::string, Bytes> entries;
  Cursor record(file, path, directory.offset);
  for (uint64_t k = 0; k < directory.entries; ++k) {
    if (record.little<uint32_t>() != kEntry) refuse(path, "has a broken directory");
    record.take(6);
    const auto method = record.little<uint16_t>();
    record.take(8);
    uint64_t packed = record.little<uint32_t>(), size = record.little<uint32_t>();
    const uint64_t name_length = record.little<uint16_t>(), extra_length = record.little<uint16_t>();
    const uint64_t comment_length = record.little<uint16_t>();
    record.take(8);
    uint64_t offset = record.little<uint32_t>();
    const std::string name = record.text(name_length);
    auto long_fields = extra64(record.take(extra_length), path);
    record.take(comment_length);
    for (uint64_t* field : {&size, &packed, &offset}) {
      if (*field != kSee64) continue;
      if (!long_fields) refuse(path, "lacks the 64-bit size of entry '" + name + "'");
      *field = long_fields->little<uint64_t>();
    }
    if (method != 0 || packed != size)
      refuse(path, "has a compressed entry '" + name + "', which torch.save never writes");
    Cursor local(file, path, offset);
    if (local.little<uint32_t>() != kLocal) refuse(path, "has no entry where its directory says '" + name + "' is");
    local.take(22);
    const uint64_t skipped = uint64_t{local.little<uint16_t>()};
    const uint64_t more = uint64_t{local.little<uint16_t>()};
    local.take(skipped + more);
    if (!entries.emplace(name, local.take(size)).second) refuse(path, "names the entry '" + name + "' twice");
  }
  return entries;
}

}  // namespace tenfold::nn
