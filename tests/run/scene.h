#pragma once
// A folder of small made pictures that a network can tell apart, and a recipe that trains on it in a second.

#include <cmath>
#include <filesystem>
#include <string>

#include "tenfold/core/file.h"
#include "tenfold/core/random.h"
#include "tenfold/run/recipe.h"
#include "tenfold/vision/image.h"

namespace tenfold {

/// A folder that is removed with the object.
struct Scratch {
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "tenfold-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::filesystem::path path;
};

/// Stripes: horizontal in class "across", vertical in class "up", with noise. size x size PNG.
inline void make_stripes(const std::filesystem::path& folder, int each, int size, uint64_t seed) {
  for (const std::string name : {"across", "up"}) {
    std::filesystem::create_directories(folder / name);
    for (int k = 0; k < each; ++k) {
      Draw draw(seed, name == "up", static_cast<uint64_t>(k), Purpose::other);
      vision::Image image{size, size, std::vector<uint8_t>(static_cast<size_t>(size) * size * 3)};
      const double phase = draw.uniform(0, 6.28);
      for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x)
          for (int c = 0; c < 3; ++c)
            image.rgb[(static_cast<size_t>(y) * size + x) * 3 + c] = static_cast<uint8_t>(
                std::clamp(128 + 70 * std::sin(phase + 1.2 * (name == "up" ? x : y)) + 40 * draw.normal(), 0.0, 255.0));
      const auto bytes = vision::encode_png(image);
      write_file(folder / name / (std::to_string(k) + ".png"),
                 std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }
  }
}

inline Recipe stripes_recipe(const std::filesystem::path& data) {
  Recipe recipe;
  recipe.data.path = data.string();
  recipe.data.size = 32;
  recipe.data.augment = vision::Augment::small;
  recipe.data.valid_share = 0.25;
  recipe.model.backbone = "small_resnet";
  recipe.model.hidden = {};
  recipe.model.dropout = {0.2};
  recipe.training.batch = 8;
  recipe.training.threads = 2;
  recipe.training.workers = 2;
  recipe.training.precision = Precision::fp32;
  recipe.stage = {{.train = "all", .lr = Rates(2e-3), .shape = OneCycle{.epochs = 2}}};
  return recipe;
}

}  // namespace tenfold
