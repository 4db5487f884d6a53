// Fixtures and the pictures that they show come from tools/make_image_fixtures.py (Pillow).

#include "tenfold/vision/image.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>

#include "files.h"

namespace tenfold::vision {
namespace {

using Colour = std::array<int, 3>;
constexpr int kWidth = 24, kHeight = 16;

Colour ramp(int x, int y) { return {10 * x, 15 * y, 128}; }
Colour blocks(int x, int y) {
  constexpr Colour colours[] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};
  return colours[2 * (y >= kHeight / 2) + (x >= kWidth / 2)];
}
/// The right half has alpha 102 = 0.4 over white.
Colour half_over_white(int x, int y) {
  Colour colour = ramp(x, y);
  if (x >= kWidth / 2)
    for (int& c : colour) c = static_cast<int>(std::lround(0.4 * c + 0.6 * 255));
  return colour;
}
Colour blocks_without_red(int x, int y) {
  return x < kWidth / 2 && y < kHeight / 2 ? Colour{255, 255, 255} : blocks(x, y);
}
Colour right_white(int x, int) { return x < kWidth / 2 ? Colour{0, 0, 0} : Colour{255, 255, 255}; }

void expect_shows(const std::string& file, const std::function<Colour(int, int)>& expected, int tolerance) {
  const std::string bytes = fixture(file);
  const Image image = decode(bytes_of(bytes), file);
  ASSERT_EQ(image.width, kWidth) << file;
  ASSERT_EQ(image.height, kHeight) << file;
  const ImageSize size = image_size(bytes_of(bytes), file);
  EXPECT_EQ(size.width, kWidth) << file;
  EXPECT_EQ(size.height, kHeight) << file;
  for (int y = 0; y < kHeight; ++y)
    for (int x = 0; x < kWidth; ++x)
      for (int c = 0; c < 3; ++c)
        ASSERT_NEAR(image.rgb[static_cast<size_t>(3 * (y * kWidth + x) + c)], expected(x, y)[static_cast<size_t>(c)],
                    tolerance)
            << file << " at " << x << ", " << y << ", channel " << c;
}

TEST(Image, ReadsLosslessFilesExactly) {
  for (const char* file : {"ramp.png", "ramp.webp", "ramp.bmp", "thirty_two.bmp"}) expect_shows(file, ramp, 0);
  for (const char* file : {"palette.png", "palette.bmp", "blocks.gif", "interlaced.gif", "animated.gif"})
    expect_shows(file, blocks, 0);
  for (const char* file : {"one_bit.png", "one_bit.bmp"}) expect_shows(file, right_white, 0);
  expect_shows("sixteen.png", [](int x, int) { return Colour{10 * x, 10 * x, 10 * x}; }, 0);
}

TEST(Image, ReadsJpegOfEveryKind) {
  expect_shows("ramp.jpg", ramp, 3);
  expect_shows("progressive.jpg", ramp, 3);
  expect_shows("cmyk.jpg", ramp, 4);
  expect_shows(
      "grey.jpg",
      [](int x, int y) {  // ITU-R 601 luma, as the script made it
        const int luma = static_cast<int>(std::lround(0.299 * 10 * x + 0.587 * 15 * y + 0.114 * 128));
        return Colour{luma, luma, luma};
      },
      3);
}

TEST(Image, LaysTransparentPixelsOverWhite) {
  expect_shows("alpha.png", half_over_white, 1);
  expect_shows("alpha.webp", half_over_white, 1);
  expect_shows("palette_alpha.png", blocks_without_red, 0);
  expect_shows("transparent.gif", blocks_without_red, 0);
}

TEST(Image, IsUprightWhateverTheCameraStored) {
  for (int orientation = 1; orientation <= 8; ++orientation)
    expect_shows("orientation_" + std::to_string(orientation) + ".jpg", ramp, 3);
  expect_shows("orientation_6.png", ramp, 0);
  expect_shows("orientation_6.webp", ramp, 0);
}

TEST(Image, IgnoresAnOrientationThatPointsOutOfTheFile) {
  std::string jpeg = fixture("orientation_1.jpg");
  const size_t tiff = jpeg.find("Exif") + 6;
  for (const size_t at : {tiff + 4, tiff + 8}) {  // offset of the directory, number of its entries
    std::string broken = jpeg;
    broken.replace(at, at == tiff + 4 ? 4 : 2, at == tiff + 4 ? "\xFF\xFF\xFF\xFF" : "\xFF\xFF");
    EXPECT_EQ(decode(bytes_of(broken), "x").width, kWidth);
  }
}

TEST(Image, DecodesJpegSmallerAsFarAsAllowed) {
  const std::string jpeg = text_of(encode_jpeg(flat(500, 375, 200, 100, 50), 95));
  const auto width = [&](int at_least) { return decode(bytes_of(jpeg), "x", {.at_least = at_least}).width; };
  EXPECT_EQ(width(0), 500);
  EXPECT_EQ(width(224), 500);  // half of 375 is less
  EXPECT_EQ(width(188), 250);
  EXPECT_EQ(width(94), 125);
  EXPECT_EQ(width(47), 63);
  const Image eighth = decode(bytes_of(jpeg), "x", {.at_least = 1});
  EXPECT_EQ(eighth.height, 47);
  EXPECT_NEAR(eighth.rgb[0], 200, 2);
  EXPECT_NEAR(eighth.rgb[1], 100, 2);
  EXPECT_NEAR(eighth.rgb[2], 50, 2);
}

TEST(Image, WritesWhatItReads) {
  const std::string png = fixture("ramp.png");
  const Image image = decode(bytes_of(png), "x");
  EXPECT_EQ(decode(encode_png(image), "x").rgb, image.rgb);
  const Image again = decode(encode_jpeg(image, 98), "x");
  for (size_t k = 0; k < image.rgb.size(); ++k) ASSERT_NEAR(again.rgb[k], image.rgb[k], 24);  // chroma is halved
}

// Hostile input: each the exact text that a user reads.

std::string refusal(const std::string& file) {
  return what([&] { decode(bytes_of(file), "cats/1.jpg"); });
}

TEST(HostileImage, SaysWhatAFileIsInstead) {
  EXPECT_EQ(refusal(""), "cats/1.jpg: is empty (0 bytes); copy or download it again");
  EXPECT_EQ(
      refusal("\n<!DOCTYPE html><html><body>404</body></html>"),
      "cats/1.jpg: is an HTML page, not an image; it was probably saved in place of a download: fetch the image again");
  EXPECT_EQ(refusal("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
            "cats/1.jpg: is an SVG drawing, which is not read; make it a PNG");
  EXPECT_EQ(refusal(std::string("II*\0\x08\0\0\0", 8)),
            "cats/1.jpg: is a TIFF image, which is not read; make it a JPEG or PNG");
  EXPECT_EQ(refusal(std::string("\0\1\2\3\4", 5)),
            "cats/1.jpg: is no image that can be read (it starts with 00 01 02 03); JPEG, PNG, WebP, BMP and GIF are");
}

TEST(HostileImage, AGifNamedJpgIsReadAsAGif) {
  const std::string gif = fixture("blocks.gif");
  EXPECT_EQ(format_of(bytes_of(gif)), Format::gif);
  EXPECT_EQ(decode(bytes_of(gif), "cats/1.jpg").rgb[0], 255);
}

TEST(HostileImage, SaysThatAFileIsTruncated) {
  const auto text = [](const std::string& kind) {
    return "cats/1.jpg: is truncated: its " + kind + " data end before the picture does; copy or download it again";
  };
  const std::pair<const char*, const char*> files[] = {
      {"ramp.jpg", "JPEG"}, {"progressive.jpg", "JPEG"}, {"ramp.png", "PNG"},  {"blocks.gif", "GIF"},
      {"ramp.bmp", "BMP"},  {"palette.bmp", "BMP"},      {"ramp.webp", "WebP"}};
  for (const auto& [file, kind] : files) {
    const std::string whole = fixture(file);
    for (const double share : {0.6, 0.8}) {
      const size_t left = static_cast<size_t>(share * static_cast<double>(whole.size()));
      EXPECT_EQ(refusal(whole.substr(0, left)), text(kind)) << file << ", " << left << " bytes";
    }
  }
  EXPECT_EQ(refusal(fixture("ramp.jpg").substr(0, 30)), text("JPEG"));
}

TEST(HostileImage, RefusesABombBeforeTakingMemory) {
  const auto text = [](const char* size) {
    return std::string("cats/1.jpg: is ") + size +
           " pixels; at most 178956970 pixels are read, since more may exhaust memory: shrink it";
  };
  EXPECT_EQ(refusal(png_of_size(60000, 60000)), text("60000 x 60000"));
  std::string jpeg = fixture("ramp.jpg");
  jpeg.replace(jpeg.find("\xFF\xC0") + 5, 4, big_endian(60000, 2) + big_endian(60000, 2));
  EXPECT_EQ(refusal(jpeg), text("60000 x 60000"));
  std::string gif = fixture("blocks.gif");
  gif.replace(6, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_EQ(refusal(gif), text("65535 x 65535"));
  std::string bmp = fixture("ramp.bmp");
  bmp.replace(18, 8, std::string("\x00\x00\x01\x00\x00\x00\x01\x00", 8));
  EXPECT_EQ(refusal(bmp), text("65536 x 65536"));
  const std::string wide =
      png_of_size(60000, 16);  // wide, but no bomb: its data end early, and no more memory is taken than that
  EXPECT_EQ(refusal(wide),
            "cats/1.jpg: is truncated: its PNG data end before the picture does; copy or download it again");
}

TEST(HostileImage, SurvivesEverySingleWrongByte) {
  for (const char* file :
       {"ramp.jpg", "cmyk.jpg", "orientation_6.jpg", "palette.png", "alpha.webp", "palette.bmp", "transparent.gif"}) {
    const std::string whole = fixture(file);
    for (size_t at = 0; at < whole.size(); ++at)
      for (const char value : {'\x00', '\x7F', '\xFF'}) {
        std::string broken = whole;
        broken[at] = value;
        try {
          const Image image = decode(bytes_of(broken), file, {.max_pixels = 1 << 20});
          EXPECT_EQ(image.rgb.size(), size_t{3} * static_cast<size_t>(image.width) * static_cast<size_t>(image.height));
        } catch (const DataError&) {  // refused by name: as good
        }
      }
  }
}

}  // namespace
}  // namespace tenfold::vision
