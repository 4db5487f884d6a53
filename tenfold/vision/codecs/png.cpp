// PNG by libpng's simplified interface.

#include <png.h>

#include <cstring>

#include "tenfold/core/error.h"
#include "tenfold/vision/codecs/codec.h"

namespace tenfold::vision::codec {
namespace {

struct Reader {
  png_image image{};
  explicit Reader(const File& file) {
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_memory(&image, file.bytes.data(), file.bytes.size())) report(file);
  }
  ~Reader() { png_image_free(&image); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[noreturn]] void report(const File& file) const {
    const std::string words = image.message;
    if (words.find("beyond end") != std::string::npos || words.find("Not enough") != std::string::npos)
      fail_truncated(file, Format::png);
    fail_damaged(file, words);
  }
};

}  // namespace

ImageSize png_size(const File& file) {
  const Reader reader(file);
  return {static_cast<int>(reader.image.width), static_cast<int>(reader.image.height)};
}

Image decode_png(const File& file) {
  Reader reader(file);
  Image image = blank(file, reader.image.width, reader.image.height);
  const bool alpha = (reader.image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  reader.image.format = alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  reader.image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // else 16-bit values count as linear light
  std::vector<uint8_t> rgba(alpha ? image.rgb.size() / 3 * 4 : 0);
  if (!png_image_finish_read(&reader.image, nullptr, alpha ? rgba.data() : image.rgb.data(), 0, nullptr))
    reader.report(file);
  if (alpha) lay_over_white(rgba.data(), image);
  return image;
}

}  // namespace tenfold::vision::codec

namespace tenfold::vision {

std::vector<std::byte> encode_png(const Image& image) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.width = static_cast<png_uint_32>(image.width);
  header.height = static_cast<png_uint_32>(image.height);
  header.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::vector<std::byte> bytes(size);
  if (!png_image_write_to_memory(&header, bytes.data(), &size, 0, image.rgb.data(), 0, nullptr))
    throw Error(std::string("a picture could not be made a PNG: ") + header.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace tenfold::vision
