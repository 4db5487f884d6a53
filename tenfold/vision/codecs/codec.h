#pragma once
// What image.cpp asks of each file format. A decoder gets a whole file whose signature is its own, and trusts nothing
// else in it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "tenfold/vision/image.h"

namespace tenfold::vision::codec {

using Bytes = std::span<const std::byte>;

struct File {
  Bytes bytes;
  const std::string& name;
  int64_t max_pixels;
};

[[noreturn]] void fail(const File& file, const std::string& problem);
[[noreturn]] void fail_truncated(const File& file, Format format);
/// `detail` is a library's own words.
[[noreturn]] void fail_damaged(const File& file, const std::string& detail);

/// Refuses bombs and empty pictures. To be called before memory is taken.
void check_size(const File& file, int64_t width, int64_t height);
/// White, after check_size.
Image blank(const File& file, int64_t width, int64_t height);
/// rgba: [height, width, 4] with plain (not premultiplied) alpha, laid over white.
void lay_over_white(const uint8_t* rgba, Image& image);

/// Each returns the picture as it is stored; image.cpp turns it upright.
Image decode_jpeg(const File& file, int at_least);
Image decode_png(const File& file);
Image decode_webp(const File& file);
Image decode_bmp(const File& file);
Image decode_gif(const File& file);

ImageSize jpeg_size(const File& file);
ImageSize png_size(const File& file);
ImageSize webp_size(const File& file);
ImageSize bmp_size(const File& file);
ImageSize gif_size(const File& file);

/// 1 to 8 as EXIF numbers them; 1, upright, where the file does not say or says nonsense.
int orientation(Bytes file, Format format);

}  // namespace tenfold::vision::codec
