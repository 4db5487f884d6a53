// The EXIF orientation of JPEG, PNG and WebP files. EXIF 2.32, section 4.6: a TIFF file inside the image file. Nothing
// in it is trusted: every read is bounded, and whatever does not fit means "upright".

#include <cstring>
#include <optional>

#include "tenfold/vision/codecs/codec.h"

namespace tenfold::vision::codec {
namespace {

enum class Order { little, big };

std::optional<uint32_t> number(Bytes bytes, size_t at, size_t width, Order order) {
  if (at > bytes.size() || bytes.size() - at < width) return std::nullopt;
  uint32_t value = 0;
  for (size_t k = 0; k < width; ++k)
    value = value << 8 | std::to_integer<uint32_t>(bytes[order == Order::big ? at + k : at + width - 1 - k]);
  return value;
}

bool says(Bytes bytes, size_t at, std::string_view text) {
  return at <= bytes.size() && bytes.size() - at >= text.size() &&
         std::memcmp(bytes.data() + at, text.data(), text.size()) == 0;
}

/// bytes[at, at + length), or nothing where the file ends before.
std::optional<Bytes> part(Bytes bytes, size_t at, size_t length) {
  if (at > bytes.size() || bytes.size() - at < length) return std::nullopt;
  return bytes.subspan(at, length);
}

constexpr std::string_view kExif{"Exif\0\0", 6};

/// The TIFF part of the APP1 segment, before the first scan.
std::optional<Bytes> in_jpeg(Bytes file) {
  for (size_t at = 2; at + 4 <= file.size();) {
    if (file[at] != std::byte{0xFF}) return std::nullopt;
    const auto marker = std::to_integer<int>(file[at + 1]);
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) return std::nullopt;
    const size_t length = number(file, at + 2, 2, Order::big).value_or(0);
    if (length < 2) return std::nullopt;
    if (marker == 0xE1 && length >= 2 + kExif.size() && says(file, at + 4, kExif))
      return part(file, at + 4 + kExif.size(), length - 2 - kExif.size());
    at += 2 + length;
  }
  return std::nullopt;
}

std::optional<Bytes> in_png(Bytes file) {
  for (size_t at = 8; at + 8 <= file.size();) {
    const size_t length = *number(file, at, 4, Order::big);
    if (says(file, at + 4, "eXIf")) return part(file, at + 8, length);
    if (says(file, at + 4, "IEND")) return std::nullopt;
    at += 12 + length;
  }
  return std::nullopt;
}

std::optional<Bytes> in_webp(Bytes file) {
  for (size_t at = 12; at + 8 <= file.size();) {
    const size_t length = *number(file, at + 4, 4, Order::little);
    if (says(file, at, "EXIF")) {
      const size_t prefix = says(file, at + 8, kExif) ? kExif.size() : 0;
      return length < prefix ? std::nullopt : part(file, at + 8 + prefix, length - prefix);
    }
    at += 8 + length + length % 2;
  }
  return std::nullopt;
}

}  // namespace

int orientation(Bytes file, Format format) {
  constexpr uint32_t kOrientation = 0x0112, kShort = 3;
  const auto exif = format == Format::jpeg   ? in_jpeg(file)
                    : format == Format::png  ? in_png(file)
                    : format == Format::webp ? in_webp(file)
                                             : std::nullopt;
  if (!exif) return 1;
  const Bytes tiff = *exif;
  if (!says(tiff, 0, "II") && !says(tiff, 0, "MM")) return 1;
  const Order order = says(tiff, 0, "II") ? Order::little : Order::big;
  const auto directory = number(tiff, 4, 4, order);
  if (!directory) return 1;
  const size_t entries = number(tiff, *directory, 2, order).value_or(0);
  for (size_t k = 0; k < entries; ++k) {
    const size_t at = *directory + 2 + 12 * k;
    const auto tag = number(tiff, at, 2, order);
    if (!tag) return 1;
    if (*tag != kOrientation || number(tiff, at + 2, 2, order) != kShort) continue;
    const uint32_t value = number(tiff, at + 8, 2, order).value_or(1);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace tenfold::vision::codec
