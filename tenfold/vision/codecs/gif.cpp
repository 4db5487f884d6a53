// The first frame of a GIF by giflib. Records are read one by one: the library's own "read all" takes memory before
// anyone has looked at the sizes.

#include <gif_lib.h>

#include <cstring>
#include <memory>

#include "tenfold/vision/codecs/codec.h"

namespace tenfold::vision::codec {
namespace {

struct Cursor {
  Bytes bytes;
  size_t at = 0;
  bool ran_out = false;
};

int read(GifFileType* gif, GifByteType* to, int count) {
  auto& cursor = *static_cast<Cursor*>(gif->UserData);
  const size_t left = cursor.bytes.size() - cursor.at;
  cursor.ran_out = cursor.ran_out || left < static_cast<size_t>(count);
  const size_t take = left < static_cast<size_t>(count) ? left : static_cast<size_t>(count);
  std::memcpy(to, cursor.bytes.data() + cursor.at, take);
  cursor.at += take;
  return static_cast<int>(take);
}

struct Close {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

class Reader {
 public:
  explicit Reader(const File& file) : file_(file), cursor_{.bytes = file.bytes} {
    int error = 0;
    gif_.reset(DGifOpen(&cursor_, read, &error));
    if (!gif_) report(error);
  }

  /// Up to the first frame's description.
  void find_frame() {
    GifRecordType record;
    do {
      check(DGifGetRecordType(gif_.get(), &record));
      if (record == EXTENSION_RECORD_TYPE) read_extension();
      if (record == TERMINATE_RECORD_TYPE) fail_damaged(file_, "GIF without a frame");
    } while (record != IMAGE_DESC_RECORD_TYPE);
    check(DGifGetImageDesc(gif_.get()));
  }

  ImageSize canvas() const {
    if (gif_->SWidth > 0 && gif_->SHeight > 0) return {gif_->SWidth, gif_->SHeight};
    return {gif_->Image.Width, gif_->Image.Height};
  }

  void draw(Image& image) {
    const GifImageDesc& frame = gif_->Image;
    check_size(file_, frame.Width, frame.Height);
    colours_ = frame.ColorMap ? frame.ColorMap : gif_->SColorMap;
    if (!colours_) fail_damaged(file_, "GIF without a colour table");
    line_.resize(static_cast<size_t>(frame.Width));
    if (!frame.Interlace) return draw_lines(image, 0, 1);
    draw_lines(image, 0, 8);
    draw_lines(image, 4, 8);
    draw_lines(image, 2, 4);
    draw_lines(image, 1, 2);
  }

 private:
  [[noreturn]] void report(int error) const {
    if (cursor_.ran_out) fail_truncated(file_, Format::gif);
    const char* words = GifErrorString(error);
    fail_damaged(file_, words ? words : "GIF error " + std::to_string(error));
  }
  void check(int status) const {
    if (status != GIF_OK) report(gif_->Error);
  }

  void read_extension() {
    int code = 0;
    GifByteType* block = nullptr;
    check(DGifGetExtension(gif_.get(), &code, &block));
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && block && DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
      transparent_ = control.TransparentColor;
    while (block) check(DGifGetExtensionNext(gif_.get(), &block));
  }

  void draw_lines(Image& image, int first, int step) {
    const GifImageDesc& frame = gif_->Image;
    for (int y = first; y < frame.Height; y += step) {
      check(DGifGetLine(gif_.get(), line_.data(), frame.Width));
      for (int x = 0; x < frame.Width; ++x) {
        const int index = line_[static_cast<size_t>(x)], column = frame.Left + x, row = frame.Top + y;
        if (index == transparent_ || index >= colours_->ColorCount || column >= image.width || row >= image.height)
          continue;
        const GifColorType& colour = colours_->Colors[index];
        uint8_t* pixel =
            &image.rgb[3 * (static_cast<size_t>(row) * static_cast<size_t>(image.width) + static_cast<size_t>(column))];
        pixel[0] = colour.Red, pixel[1] = colour.Green, pixel[2] = colour.Blue;
      }
    }
  }

  const File& file_;
  Cursor cursor_;
  std::unique_ptr<GifFileType, Close> gif_;
  const ColorMapObject* colours_ = nullptr;
  std::vector<GifPixelType> line_;
  int transparent_ = NO_TRANSPARENT_COLOR;
};

}  // namespace

ImageSize gif_size(const File& file) {
  Reader reader(file);
  reader.find_frame();
  return reader.canvas();
}

Image decode_gif(const File& file) {
  Reader reader(file);
  reader.find_frame();
  const ImageSize canvas = reader.canvas();
  Image image = blank(file, canvas.width, canvas.height);
  reader.draw(image);
  return image;
}

}  // namespace tenfold::vision::codec
