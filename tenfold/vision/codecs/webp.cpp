// WebP by libwebp.

#include <webp/decode.h>

#include "tenfold/vision/codecs/codec.h"

namespace tenfold::vision::codec {
namespace {

const uint8_t* data(const File& file) { return reinterpret_cast<const uint8_t*>(file.bytes.data()); }

void check(const File& file, VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OK:
      return;
    case VP8_STATUS_NOT_ENOUGH_DATA:
      fail_truncated(file, Format::webp);
    case VP8_STATUS_SUSPENDED:
      fail_truncated(file, Format::webp);
    default:
      fail_damaged(file, "WebP status " + std::to_string(status));
  }
}

WebPBitstreamFeatures features(const File& file) {
  WebPBitstreamFeatures found;
  check(file, WebPGetFeatures(data(file), file.bytes.size(), &found));
  return found;
}

}  // namespace

ImageSize webp_size(const File& file) {
  const auto found = features(file);
  return {found.width, found.height};
}

Image decode_webp(const File& file) {
  const auto found = features(file);
  if (found.has_animation) fail(file, "is an animated WebP; save one frame of it as PNG or JPEG");
  Image image = blank(file, found.width, found.height);
  std::vector<uint8_t> rgba(found.has_alpha ? image.rgb.size() / 3 * 4 : 0);
  WebPDecoderConfig config;
  WebPInitDecoderConfig(&config);
  config.output.is_external_memory = 1;
  config.output.colorspace = found.has_alpha ? MODE_RGBA : MODE_RGB;
  auto& out = config.output.u.RGBA;
  out.rgba = found.has_alpha ? rgba.data() : image.rgb.data();
  out.stride = found.width * (found.has_alpha ? 4 : 3);
  out.size = found.has_alpha ? rgba.size() : image.rgb.size();
  check(file, WebPDecode(data(file), file.bytes.size(), &config));
  if (found.has_alpha) lay_over_white(rgba.data(), image);
  return image;
}

}  // namespace tenfold::vision::codec
