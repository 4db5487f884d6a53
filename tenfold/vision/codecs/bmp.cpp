// BMP with 1, 4, 8, 16, 24 or 32 bits a pixel, uncompressed.

#include <bit>
#include <cstdlib>

#include "tenfold/vision/codecs/codec.h"

namespace tenfold::vision::codec {
namespace {

/// `width` bytes, low byte first. Reading past the end is a truncated file.
uint32_t number(const File& file, size_t at, size_t width) {
  if (at > file.bytes.size() || file.bytes.size() - at < width) fail_truncated(file, Format::bmp);
  uint32_t value = 0;
  for (size_t k = width; k-- > 0;) value = value << 8 | std::to_integer<uint32_t>(file.bytes[at + k]);
  return value;
}

struct Header {
  size_t pixels = 0, palette = 0;
  int64_t width = 0, height = 0;
  bool top_down = false;
  uint32_t bits = 0, compression = 0;
  uint32_t mask[4] = {};  ///< red, green, blue, alpha
};

Header read_header(const File& file) {
  constexpr uint32_t kPlain = 0, kMasks = 3, kAlphaMasks = 6;
  const uint32_t size = number(file, 14, 4);
  if (size < 40)
    fail(file, "is a BMP with a header of " + std::to_string(size) + " bytes, older than Windows 3; save it as PNG");
  Header header;
  header.pixels = number(file, 10, 4);
  header.palette = 14 + size_t{size};
  header.width = static_cast<int32_t>(number(file, 18, 4));
  const int64_t height = static_cast<int32_t>(number(file, 22, 4));
  header.top_down = height < 0;
  header.height = std::abs(height);
  header.bits = number(file, 28, 2);
  header.compression = number(file, 30, 4);
  if (header.compression != kPlain && header.compression != kMasks && header.compression != kAlphaMasks)
    fail(file,
         "is a BMP with compression " + std::to_string(header.compression) + ", which is not read; save it as PNG");
  if (header.compression == kPlain) {
    if (header.bits == 16)
      header.mask[0] = 0x7C00, header.mask[1] = 0x03E0, header.mask[2] = 0x001F;
    else
      header.mask[0] = 0xFF0000, header.mask[1] = 0x00FF00, header.mask[2] = 0x0000FF;
  } else {
    const bool has_alpha = size >= 56 || header.compression == kAlphaMasks;
    for (size_t c = 0; c < (has_alpha ? 4u : 3u); ++c) header.mask[c] = number(file, 54 + 4 * c, 4);
  }
  for (const uint32_t known : {1u, 4u, 8u, 16u, 24u, 32u})
    if (header.bits == known) return header;
  fail_damaged(file, "BMP with " + std::to_string(header.bits) + " bits a pixel");
}

/// The bits of `mask` in value, scaled to 0..255; `without` where there is no mask.
uint8_t channel(uint32_t value, uint32_t mask, uint8_t without) {
  if (mask == 0) return without;
  const int shift = std::countr_zero(mask);
  const uint64_t most = mask >> shift;
  return static_cast<uint8_t>(((value & mask) >> shift) * uint64_t{255} / most);
}

}  // namespace

ImageSize bmp_size(const File& file) {
  const Header header = read_header(file);
  return {static_cast<int>(header.width), static_cast<int>(header.height)};
}

Image decode_bmp(const File& file) {
  const Header header = read_header(file);
  Image image = blank(file, header.width, header.height);
  const size_t width = static_cast<size_t>(header.width), height = static_cast<size_t>(header.height);
  const size_t stride = (width * header.bits + 31) / 32 * 4;
  if (header.pixels > file.bytes.size() || (file.bytes.size() - header.pixels) / stride < height)
    fail_truncated(file, Format::bmp);
  std::vector<uint8_t> rgba(width * height * 4);
  for (size_t y = 0; y < height; ++y) {
    const size_t row = header.pixels + stride * (header.top_down ? y : height - 1 - y);
    for (size_t x = 0; x < width; ++x) {
      uint8_t* pixel = &rgba[4 * (y * width + x)];
      if (header.bits <= 8) {
        const uint32_t packed = number(file, row + x * header.bits / 8, 1);
        const uint32_t shift = 8 - header.bits - x * header.bits % 8;
        const uint32_t entry = packed >> shift & ((1u << header.bits) - 1);
        const uint32_t colour = number(file, header.palette + size_t{4} * entry, 4);
        for (int c = 0; c < 3; ++c) pixel[c] = static_cast<uint8_t>(colour >> (16 - 8 * c));
        pixel[3] = 255;
      } else {
        const uint32_t value = number(file, row + x * header.bits / 8, header.bits / 8);
        for (int c = 0; c < 4; ++c) pixel[c] = channel(value, header.mask[c], c < 3 ? 0 : 255);
      }
    }
  }
  lay_over_white(rgba.data(), image);
  return image;
}

}  // namespace tenfold::vision::codec
