// JPEG by libjpeg-turbo. Its errors leave by longjmp, so the functions between setjmp and the library hold nothing that
// has a destructor; memory is taken and errors are thrown by who calls them.

#include <csetjmp>
#include <cstdlib>
// clang-format off: jpeglib.h needs FILE, and jerror.h needs jpeglib.h
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "tenfold/core/error.h"
#include "tenfold/vision/codecs/codec.h"

namespace tenfold::vision::codec {
namespace {

enum class Ending { none, truncated, damaged };

/// What both directions need to get out of the library.
struct Escape {
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf target{};
  Ending ending = Ending::none;
  char words[JMSG_LENGTH_MAX] = "";
};

[[noreturn]] void leave(j_common_ptr info) {
  auto* escape = static_cast<Escape*>(info->client_data);
  escape->ending = escape->errors.msg_code == JWRN_JPEG_EOF ? Ending::truncated : Ending::damaged;
  escape->errors.format_message(info, escape->words);
  std::longjmp(escape->target, 1);
}

/// Level -1 is a warning. Those that say pixels are missing or wrong end the decoding; oddities of cameras do not.
void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
      leave(info);
  }
}

/// A progressive file may ask for any number of passes over all its pixels; no honest one has many.
void on_progress(j_common_ptr info) {
  constexpr int kMostScans = 500;
  if (!info->is_decompressor || reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMostScans) return;
  info->err->msg_code = JERR_BAD_PROGRESSION;
  leave(info);
}

void prepare(Escape& escape) {
  jpeg_std_error(&escape.errors);
  escape.errors.error_exit = leave;
  escape.errors.emit_message = on_message;
  escape.progress.progress_monitor = on_progress;
}

struct Reader {
  jpeg_decompress_struct info{};
  Escape escape{};
  Reader() {
    prepare(escape);
    info.err = &escape.errors;
    info.client_data = &escape;
  }
  ~Reader() { jpeg_destroy_decompress(&info); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

/// The functions that the library may leave by longjmp; false where it did.
bool read_header(Reader& reader, const unsigned char* bytes, size_t size) {
  if (setjmp(reader.escape.target)) return false;
  jpeg_create_decompress(&reader.info);
  reader.info.progress = &reader.escape.progress;
  jpeg_mem_src(&reader.info, bytes, size);
  jpeg_read_header(&reader.info, TRUE);
  return true;
}

bool begin(Reader& reader, unsigned denominator, J_COLOR_SPACE space) {
  if (setjmp(reader.escape.target)) return false;
  reader.info.scale_num = 1;
  reader.info.scale_denom = denominator;
  reader.info.out_color_space = space;
  jpeg_calc_output_dimensions(&reader.info);
  return true;
}

/// rows: [output_height, stride] bytes.
bool read_rows(Reader& reader, uint8_t* rows, size_t stride) {
  if (setjmp(reader.escape.target)) return false;
  jpeg_start_decompress(&reader.info);
  while (reader.info.output_scanline < reader.info.output_height) {
    constexpr JDIMENSION kMany = 16;
    JSAMPROW next[kMany];
    for (JDIMENSION k = 0; k < kMany; ++k) {
      const JDIMENSION line = reader.info.output_scanline + k;
      next[k] = rows + stride * (line < reader.info.output_height ? line : reader.info.output_height - 1);
    }
    const JDIMENSION left = reader.info.output_height - reader.info.output_scanline;
    jpeg_read_scanlines(&reader.info, next, left < kMany ? left : kMany);
  }
  return true;
}

[[noreturn]] void report(const File& file, const Reader& reader) {
  if (reader.escape.ending == Ending::truncated) fail_truncated(file, Format::jpeg);
  fail_damaged(file, reader.escape.words);
}

void open(Reader& reader, const File& file) {
  if (!read_header(reader, reinterpret_cast<const unsigned char*>(file.bytes.data()), file.bytes.size()))
    report(file, reader);
}

/// cmyk: [height, width, 4]. Adobe's programs store the complement, and mark the file.
void cmyk_to_rgb(const std::vector<uint8_t>& cmyk, bool complement, Image& image) {
  for (size_t k = 0; k < cmyk.size() / 4; ++k) {
    const auto ink = [&](size_t c) { return complement ? cmyk[4 * k + c] : 255 - cmyk[4 * k + c]; };
    for (size_t c = 0; c < 3; ++c) image.rgb[3 * k + c] = static_cast<uint8_t>((ink(c) * ink(3) + 127) / 255);
  }
}

/// Only halvings run at full speed in the library, so only they are used.
unsigned halvings(const jpeg_decompress_struct& info, int at_least) {
  if (at_least <= 0) return 1;
  for (const unsigned denominator : {8u, 4u, 2u})
    if ((info.image_width + denominator - 1) / denominator >= static_cast<unsigned>(at_least) &&
        (info.image_height + denominator - 1) / denominator >= static_cast<unsigned>(at_least))
      return denominator;
  return 1;
}

}  // namespace

ImageSize jpeg_size(const File& file) {
  Reader reader;
  open(reader, file);
  return {static_cast<int>(reader.info.image_width), static_cast<int>(reader.info.image_height)};
}

Image decode_jpeg(const File& file, int at_least) {
  Reader reader;
  open(reader, file);
  check_size(file, reader.info.image_width, reader.info.image_height);
  const bool inks = reader.info.jpeg_color_space == JCS_CMYK || reader.info.jpeg_color_space == JCS_YCCK;
  if (!begin(reader, halvings(reader.info, at_least), inks ? JCS_CMYK : JCS_RGB)) report(file, reader);
  const size_t width = reader.info.output_width, height = reader.info.output_height;
  Image image{static_cast<int>(width), static_cast<int>(height), std::vector<uint8_t>(width * height * 3)};
  std::vector<uint8_t> cmyk(inks ? width * height * 4 : 0);
  if (!read_rows(reader, inks ? cmyk.data() : image.rgb.data(), width * (inks ? 4 : 3))) report(file, reader);
  if (inks) cmyk_to_rgb(cmyk, reader.info.saw_Adobe_marker, image);
  return image;
}

}  // namespace tenfold::vision::codec

namespace tenfold::vision {
namespace {

struct Writer {
  jpeg_compress_struct info{};
  codec::Escape escape{};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  Writer() {
    codec::prepare(escape);
    info.err = &escape.errors;
    info.client_data = &escape;
  }
  ~Writer() {
    jpeg_destroy_compress(&info);
    std::free(bytes);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
};

bool write_rows(Writer& writer, const Image& image, int quality) {
  if (setjmp(writer.escape.target)) return false;
  jpeg_create_compress(&writer.info);
  jpeg_mem_dest(&writer.info, &writer.bytes, &writer.size);
  writer.info.image_width = static_cast<JDIMENSION>(image.width);
  writer.info.image_height = static_cast<JDIMENSION>(image.height);
  writer.info.input_components = 3;
  writer.info.in_color_space = JCS_RGB;
  jpeg_set_defaults(&writer.info);
  jpeg_set_quality(&writer.info, quality, TRUE);
  jpeg_start_compress(&writer.info, TRUE);
  while (writer.info.next_scanline < writer.info.image_height) {
    auto* row =
        const_cast<JSAMPROW>(image.rgb.data() + size_t{3} * writer.info.next_scanline * writer.info.image_width);
    jpeg_write_scanlines(&writer.info, &row, 1);
  }
  jpeg_finish_compress(&writer.info);
  return true;
}

}  // namespace

std::vector<std::byte> encode_jpeg(const Image& image, int quality) {
  Writer writer;
  if (!write_rows(writer, image, quality))
    throw Error(std::string("a picture could not be made a JPEG: ") + writer.escape.words);
  const auto* bytes = reinterpret_cast<const std::byte*>(writer.bytes);
  return {bytes, bytes + writer.size};
}

}  // namespace tenfold::vision
