#pragma once
// Files for tests: the fixtures of tools/make_image_fixtures.py, temporary folders, and bytes put where a test wants
// them.

#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/vision/image.h"

namespace tenfold::vision {

/// A folder that is removed with the object.
struct Scratch {
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "tenfold-vision-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

inline std::string fixture(const std::string& name) {
  return read_file(std::filesystem::path(TENFOLD_SOURCE_DIR) / "tests/data/images" / name);
}

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Big-endian, as PNG and JPEG store numbers.
inline std::string big_endian(uint32_t value, int width) {
  std::string out;
  for (int k = width - 1; k >= 0; --k) out += static_cast<char>(value >> (8 * k));
  return out;
}

/// A PNG's header says another size; its checksum is right.
inline std::string png_of_size(uint32_t width, uint32_t height) {
  std::string png = fixture("ramp.png");
  png.replace(16, 8, big_endian(width, 4) + big_endian(height, 4));
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(png.data()) + 12, 17);
  return png.replace(29, 4, big_endian(static_cast<uint32_t>(sum), 4));
}

/// One flat colour.
inline Image flat(int width, int height, uint8_t red, uint8_t green, uint8_t blue) {
  Image image{width, height, {}};
  for (int k = 0; k < width * height; ++k) image.rgb.insert(image.rgb.end(), {red, green, blue});
  return image;
}

/// Writes an image, making its folder.
inline void put(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::create_directories(path.parent_path());
  write_file(path, content);
}

/// What `work` throws, or "" where it throws nothing.
template <class Work>
std::string what(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace tenfold::vision
