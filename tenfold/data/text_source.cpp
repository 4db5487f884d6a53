#include "tenfold/data/text_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "tenfold/core/file.h"
#include "tenfold/core/utf8.h"

namespace tenfold {

TextSource::TextSource(const std::filesystem::path& path, Encoding encoding) : name_(path.string()) {
  descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) throw file_error(path, "read", errno);
  try {
    begin(encoding);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

TextSource::TextSource(std::string_view text, std::string name, Encoding encoding)
    : name_(std::move(name)), text_(text) {
  begin(encoding);
}

TextSource::~TextSource() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void TextSource::begin(Encoding encoding) {
  char first[3];
  const std::string_view head(first, read_raw(first, sizeof first));
  const bool little = head.starts_with("\xFF\xFE"), big = head.starts_with("\xFE\xFF");
  encoding_ = encoding == Encoding::automatic ? (little || big ? Encoding::utf16 : Encoding::utf8) : encoding;
  size_t mark = 0;
  if (encoding_ == Encoding::utf16 && (little || big)) mark = 2;
  if (encoding_ == Encoding::utf8 && head == "\xEF\xBB\xBF") mark = 3;
  big_endian_ = big;
  (encoding_ == Encoding::utf8 ? pending_ : raw_) = head.substr(mark);
}

size_t TextSource::read_raw(char* out, size_t size) {
  if (descriptor_ < 0) {
    const size_t count = std::min(size, text_.size());
    if (count > 0) std::memcpy(out, text_.data(), count);
    text_.remove_prefix(count);
    return count;
  }
  size_t count = 0;
  while (count < size) {
    const ssize_t got = ::read(descriptor_, out + count, size - count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw file_error(name_, "read", errno);
    if (got == 0) break;
    count += static_cast<size_t>(got);
  }
  return count;
}

size_t TextSource::read(char* out, size_t size) {
  size_t count = 0;
  while (count < size) {
    if (handed_ == pending_.size()) {
      if (encoding_ == Encoding::utf8) return count + read_raw(out + count, size - count);
      convert();
      if (pending_.empty()) return count;
    }
    const size_t piece = std::min(size - count, pending_.size() - handed_);
    std::memcpy(out + count, pending_.data() + handed_, piece);
    handed_ += piece;
    count += piece;
  }
  return count;
}

std::string_view TextSource::peek(size_t size) {
  pending_.erase(0, handed_);
  handed_ = 0;
  for (size_t had = size; pending_.size() < size && pending_.size() != had;) {
    had = pending_.size();
    if (encoding_ == Encoding::utf8) {
      pending_.resize(size);
      pending_.resize(had + read_raw(pending_.data() + had, size - had));
    } else {
      convert();
    }
  }
  return pending_;
}

void TextSource::convert() {
  constexpr size_t kPiece = 64 << 10;
  const size_t kept = raw_.size();
  raw_.resize(kept + kPiece);
  const size_t got = read_raw(raw_.data() + kept, kPiece);
  raw_.resize(kept + got);
  pending_.erase(0, handed_);
  handed_ = 0;
  if (encoding_ == Encoding::latin1) {
    for (const char byte : raw_) append_utf8(pending_, static_cast<unsigned char>(byte));
    raw_.clear();
    return;
  }
  const auto unit = [&](size_t at) {
    const uint32_t a = static_cast<unsigned char>(raw_[at]), b = static_cast<unsigned char>(raw_[at + 1]);
    return big_endian_ ? a << 8 | b : b << 8 | a;
  };
  size_t at = 0;
  while (at + 2 <= raw_.size()) {
    uint32_t code = unit(at);
    size_t used = 2;
    if (code >= 0xD800 && code < 0xE000) {
      if (at + 4 > raw_.size() && got > 0) break;  // the other half comes with the next piece
      const uint32_t low = at + 4 <= raw_.size() ? unit(at + 2) : 0;
      if (code >= 0xDC00 || low < 0xDC00 || low > 0xDFFF)
        throw DataError(name_, 0, "is read as UTF-16 and has half a character; is it damaged, or in another encoding?");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      used = 4;
    }
    append_utf8(pending_, code);
    at += used;
  }
  raw_.erase(0, at);
  if (got == 0 && !raw_.empty())
    throw DataError(name_, 0, "is read as UTF-16 and ends amid a character; is it cut short, or in another encoding?");
}

}  // namespace tenfold
