// Makes a set whose pictures have several labels from one whose pictures have one: two pictures side by side, labelled
// with both classes. make_multilabel_set CLASS_FOLDERS OUT [PAIRS] writes OUT/NUMBER.png and OUT/labels.csv.
// The same folders give the same pairs: every picture is used once, in an order that follows from a fixed seed.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tenfold/core/error.h"
#include "tenfold/core/file.h"
#include "tenfold/core/random.h"
#include "tenfold/vision/image.h"
#include "tenfold/vision/listing.h"

namespace {

namespace fs = std::filesystem;
using namespace tenfold;

constexpr uint64_t kSeed = 42;

vision::Image read(const std::string& path) {
  const MappedFile file(path);
  return vision::decode(file.bytes(), path);
}

/// The second to the right of the first, both as high as the lower one.
vision::Image beside(const vision::Image& left, const vision::Image& right) {
  const int height = std::min(left.height, right.height);
  vision::Image both{left.width + right.width, height, {}};
  for (int y = 0; y < height; ++y)
    for (const auto* part : {&left, &right}) {
      const auto row = part->rgb.begin() + long{3} * y * part->width;
      both.rgb.insert(both.rgb.end(), row, row + long{3} * part->width);
    }
  return both;
}

std::string class_of(const std::string& path) { return fs::path(path).parent_path().filename().string(); }

void make(const std::string& source, const fs::path& out, int64_t most) {
  const auto files = vision::image_files(source);
  const auto order = permutation(static_cast<int64_t>(files.size()), Draw(kSeed, 0, 0, Purpose::other));
  const int64_t pairs = std::min<int64_t>(most, static_cast<int64_t>(files.size()) / 2);
  fs::create_directories(out);
  std::string csv = "file,labels\n";
  for (int64_t k = 0; k < pairs; ++k) {
    const auto& left = files[static_cast<size_t>(order[static_cast<size_t>(2 * k)])];
    const auto& right = files[static_cast<size_t>(order[static_cast<size_t>(2 * k + 1)])];
    const std::string name = std::to_string(k) + ".png";
    const auto png = vision::encode_png(beside(read(left), read(right)));
    write_file(out / name, {reinterpret_cast<const char*>(png.data()), png.size()});
    csv += name + ",";
    for (const char* space = ""; const auto& label : std::set{class_of(left), class_of(right)}) {
      csv += space + label;
      space = " ";
    }
    csv += "\n";
  }
  write_file(out / "labels.csv", csv);
  std::printf("%lld pictures of two in %s\n", static_cast<long long>(pairs), out.string().c_str());
}

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: make_multilabel_set CLASS_FOLDERS OUT [PAIRS]\n");
    return 2;
  }
  try {
    make(words[1], words[2], count > 3 ? std::atoll(words[3]) : INT64_MAX);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
