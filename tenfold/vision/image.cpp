#include "tenfold/vision/image.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "tenfold/core/error.h"
#include "tenfold/core/options.h"
#include "tenfold/vision/codecs/codec.h"

namespace tenfold::vision {
namespace codec {

void fail(const File& file, const std::string& problem) { throw DataError(file.name, 0, problem); }

void fail_truncated(const File& file, Format format) {
  fail(file, "is truncated: its " + name_of(format) + " data end before the picture does; copy or download it again");
}

void fail_damaged(const File& file, const std::string& detail) {
  fail(file, "is damaged or of an unusual kind (" + detail + "); copy it again, or save it anew as PNG or JPEG");
}

void check_size(const File& file, int64_t width, int64_t height) {
  if (width < 1 || height < 1) fail_damaged(file, std::to_string(width) + " x " + std::to_string(height) + " pixels");
  if (width > file.max_pixels / height)
    fail(file, "is " + std::to_string(width) + " x " + std::to_string(height) + " pixels; at most " +
                   std::to_string(file.max_pixels) + " pixels are read, since more may exhaust memory: shrink it");
}

Image blank(const File& file, int64_t width, int64_t height) {
  check_size(file, width, height);
  return {static_cast<int>(width), static_cast<int>(height),
          std::vector<uint8_t>(static_cast<size_t>(width * height * 3), 255)};
}

void lay_over_white(const uint8_t* rgba, Image& image) {
  uint8_t* to = image.rgb.data();
  for (const uint8_t* end = rgba + image.rgb.size() / 3 * 4; rgba != end; rgba += 4, to += 3)
    for (int c = 0; c < 3; ++c) to[c] = static_cast<uint8_t>((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
}

}  // namespace codec

namespace {

bool starts(std::span<const std::byte> file, std::string_view signature, size_t at = 0) {
  return file.size() >= at + signature.size() && std::memcmp(file.data() + at, signature.data(), signature.size()) == 0;
}

/// The first visible characters in lower case: enough to know a page or a drawing.
std::string beginning(std::span<const std::byte> file) {
  constexpr size_t kEnough = 512;
  std::string text;
  for (const std::byte byte : file.first(std::min(file.size(), kEnough))) {
    const auto c = std::to_integer<unsigned char>(byte);
    if (!(text.empty() && (std::isspace(c) || c >= 0x80)))
      text += static_cast<char>(std::tolower(c));  // also skips a BOM
  }
  return text;
}

[[noreturn]] void refuse(const codec::File& file) {
  struct Known {
    std::string_view signature;
    size_t at;
    const char* what;
  };
  constexpr Known known[] = {{"II*\0", 0, "a TIFF image"},
                             {{"MM\0*", 4}, 0, "a TIFF image"},
                             {"ftypavif", 4, "an AVIF image"},
                             {"ftypheic", 4, "a HEIC image"},
                             {"ftypmif1", 4, "a HEIC image"},
                             {"%PDF", 0, "a PDF document"},
                             {"PK\3\4", 0, "a ZIP archive"},
                             {"8BPS", 0, "a Photoshop image"},
                             {"version https://git-lfs", 0, "a Git LFS pointer"}};
  for (const auto& [signature, at, what] : known)
    if (starts(file.bytes, signature, at))
      codec::fail(file, std::string("is ") + what + ", which is not read; make it a JPEG or PNG");
  const std::string text = beginning(file.bytes);
  if (text.starts_with("<!doctype html") || text.starts_with("<html") || text.starts_with("<head"))
    codec::fail(file,
                "is an HTML page, not an image; it was probably saved in place of a download: fetch the image again");
  if (text.starts_with("<svg") || (text.starts_with("<?xml") && text.find("<svg") != std::string::npos))
    codec::fail(file, "is an SVG drawing, which is not read; make it a PNG");
  std::string hex;
  for (const std::byte byte : file.bytes.first(std::min<size_t>(file.bytes.size(), 4))) {
    constexpr char digits[] = "0123456789abcdef";
    hex += std::string(hex.empty() ? "" : " ") + digits[std::to_integer<int>(byte) >> 4] +
           digits[std::to_integer<int>(byte) & 15];
  }
  codec::fail(file, "is no image that can be read (it starts with " + hex + "); JPEG, PNG, WebP, BMP and GIF are");
}

Format known_format(const codec::File& file) {
  if (file.bytes.empty()) codec::fail(file, "is empty (0 bytes); copy or download it again");
  const Format format = format_of(file.bytes);
  if (format == Format::unknown) refuse(file);
  return format;
}

/// EXIF 2.32, tag 0x0112: what is stored at the left, right, top and bottom. 5 to 8 swap the sides.
Image upright(Image stored, int orientation) {
  if (orientation == 1) return stored;
  const bool swap = orientation >= 5;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image image{swap ? stored.height : stored.width, swap ? stored.width : stored.height,
              std::vector<uint8_t>(stored.rgb.size())};
  uint8_t* to = image.rgb.data();
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x, to += 3) {
      const int column = swap ? y : x, row = swap ? x : y;
      const size_t at =
          static_cast<size_t>(from_bottom ? stored.height - 1 - row : row) * static_cast<size_t>(stored.width) +
          static_cast<size_t>(from_right ? stored.width - 1 - column : column);
      std::memcpy(to, &stored.rgb[3 * at], 3);
    }
  return image;
}

}  // namespace

Format format_of(std::span<const std::byte> file) {
  if (starts(file, "\xFF\xD8\xFF")) return Format::jpeg;
  if (starts(file, "\x89PNG\r\n\x1A\n")) return Format::png;
  if (starts(file, "RIFF") && starts(file, "WEBP", 8)) return Format::webp;
  if (starts(file, "GIF87a") || starts(file, "GIF89a")) return Format::gif;
  if (starts(file, "BM") && file.size() >= 18) return Format::bmp;
  return Format::unknown;
}

Image decode(std::span<const std::byte> bytes, const std::string& name, const DecodeOptions& options) {
  const codec::File file{bytes, name, options.max_pixels};
  const Format format = known_format(file);
  Image image;
  switch (format) {
    case Format::jpeg:
      image = codec::decode_jpeg(file, options.at_least);
      break;
    case Format::png:
      image = codec::decode_png(file);
      break;
    case Format::webp:
      image = codec::decode_webp(file);
      break;
    case Format::bmp:
      image = codec::decode_bmp(file);
      break;
    case Format::gif:
      image = codec::decode_gif(file);
      break;
    case Format::unknown:
      break;
  }
  return upright(std::move(image), codec::orientation(bytes, format));
}

ImageSize image_size(std::span<const std::byte> bytes, const std::string& name) {
  const codec::File file{bytes, name, DecodeOptions{}.max_pixels};
  const Format format = known_format(file);
  ImageSize size;
  switch (format) {
    case Format::jpeg:
      size = codec::jpeg_size(file);
      break;
    case Format::png:
      size = codec::png_size(file);
      break;
    case Format::webp:
      size = codec::webp_size(file);
      break;
    case Format::bmp:
      size = codec::bmp_size(file);
      break;
    case Format::gif:
      size = codec::gif_size(file);
      break;
    case Format::unknown:
      break;
  }
  if (codec::orientation(bytes, format) >= 5) std::swap(size.width, size.height);
  return size;
}

}  // namespace tenfold::vision
