#pragma once
// Image files to pixels: JPEG, PNG, WebP, BMP and GIF (first frame), recognised by content and never by name, upright
// by their EXIF orientation, always 8-bit RGB. Torch-free.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenfold::vision {

struct Image {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;  ///< [height, width, 3]
};

struct ImageSize {
  int width = 0, height = 0;  ///< upright
};

enum class Format { unknown, jpeg, png, webp, bmp, gif };

constexpr auto names(Format) {
  return std::to_array<std::pair<Format, std::string_view>>({{Format::unknown, "unknown"},
                                                             {Format::jpeg, "JPEG"},
                                                             {Format::png, "PNG"},
                                                             {Format::webp, "WebP"},
                                                             {Format::bmp, "BMP"},
                                                             {Format::gif, "GIF"}});
}

/// By the file's first bytes.
Format format_of(std::span<const std::byte> file);

struct DecodeOptions {
  /// JPEG may be decoded at 1/2, 1/4 or 1/8 as long as both sides stay at least this long; 0 decodes fully.
  int at_least = 0;
  /// width x height above which a file is refused before memory is taken: a bomb.
  int64_t max_pixels = 178'956'970;
};

/// `name` is for messages. Transparent pixels are laid over white. Grey and palette become RGB, 16 bits become 8, CMYK
/// becomes RGB. Throws DataError saying what was found: "is an HTML page, not an image", "is truncated: …", "is empty",
/// "is 60000 x 60000 pixels; …".
Image decode(std::span<const std::byte> file, const std::string& name, const DecodeOptions& options = {});

/// From the header only. Throws DataError likewise.
ImageSize image_size(std::span<const std::byte> file, const std::string& name);

/// For reports: JPEG at `quality`, PNG.
std::vector<std::byte> encode_jpeg(const Image& image, int quality = 85);
std::vector<std::byte> encode_png(const Image& image);

}  // namespace tenfold::vision
