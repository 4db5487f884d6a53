#pragma once
// Data that a fresh machine has: figures drawn here, and the clothes of Fashion-MNIST (Debian: dataset-fashion-mnist).

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tenfold/core/random.h"
#include "tenfold/data/idx.h"
#include "tenfold/vision/image.h"

inline void write_png(const std::filesystem::path& path, const tenfold::vision::Image& image) {
  const auto bytes = tenfold::vision::encode_png(image);
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

struct Figure {
  std::string name;  ///< cross, disc, square or triangle
  double x = 0, y = 0, radius = 0;
};

/// Is (x, y), measured from the centre in radii, part of it?
inline bool covers(const Figure& figure, double x, double y) {
  const double wide = std::max(std::abs(x), std::abs(y)), narrow = std::min(std::abs(x), std::abs(y));
  if (figure.name == "disc") return x * x + y * y < 1;
  if (figure.name == "square") return wide < 0.9;
  if (figure.name == "triangle") return y < 0.8 && y > 1.8 * std::abs(x) - 1;
  return wide < 1 && narrow < 0.3;  // a cross
}

/// Somewhere in the picture, a sixth to two fifths of its side in radius.
inline Figure placed(const std::string& name, int side, tenfold::Draw& draw) {
  const double radius = draw.uniform(side / 6.0, side / 2.6);
  return {name, draw.uniform(radius, side - radius), draw.uniform(radius, side - radius), radius};
}

/// Bright figures on a dark ground, in shades of grey with noise.
inline tenfold::vision::Image drawn(const std::vector<Figure>& figures, int side, tenfold::Draw& draw) {
  std::vector<double> shades = {draw.uniform(0, 90)};
  for (size_t k = 0; k < figures.size(); ++k) shades.push_back(draw.uniform(150, 250));
  tenfold::vision::Image image{side, side, {}};
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x) {
      size_t top = 0;
      for (size_t k = 0; k < figures.size(); ++k) {
        const auto& figure = figures[k];
        if (covers(figure, (x - figure.x) / figure.radius, (y - figure.y) / figure.radius)) top = k + 1;
      }
      const double value = std::clamp(shades[top] + 15 * draw.normal(), 0.0, 255.0);
      image.rgb.insert(image.rgb.end(), 3, static_cast<uint8_t>(value));
    }
  return image;
}

/// Folders train/NAME and valid/NAME with one figure a picture, `train` and `valid` of each kind.
inline void write_figures(const std::filesystem::path& folder, int side, int train, int valid) {
  for (const std::string name : {"cross", "disc", "square", "triangle"})
    for (int k = 0; k < train + valid; ++k) {
      tenfold::Draw draw(7, static_cast<uint64_t>(name[0]), static_cast<uint64_t>(k), tenfold::Purpose::other);
      const auto figure = placed(name, side, draw);
      write_png(folder / (k < train ? "train" : "valid") / name / (std::to_string(k) + ".png"),
                drawn({figure}, side, draw));
    }
}

/// The folder of Fashion-MNIST's files. Where there is none, the program ends with 77: CTest calls that skipped.
inline std::filesystem::path fashion_mnist() {
  const char* data = std::getenv("TENFOLD_DATA");
  for (const std::filesystem::path folder :
       {std::string(data ? data : ".") + "/fashion-mnist", std::string("/usr/share/datasets/fashion-mnist"),
        std::string("data/fashion-mnist")})
    if (std::filesystem::exists(folder / "train-images-idx3-ubyte.gz")) return folder;
  std::puts("skipped: Fashion-MNIST is not here; ./quickstart.sh gets it, or apt-get install dataset-fashion-mnist");
  std::exit(77);
}

/// Folders train/NAME and valid/NAME with clothes of the kinds [from, to), and labels.csv that lists them all.
inline void write_clothes(const std::filesystem::path& folder, int from, int to, int train, int valid) {
  const std::array names = {"t-shirt", "trouser", "pullover", "dress", "coat",
                            "sandal",  "shirt",   "sneaker",  "bag",   "boot"};
  const auto images = tenfold::read_idx(fashion_mnist() / "train-images-idx3-ubyte.gz");
  const auto labels = tenfold::read_idx(fashion_mnist() / "train-labels-idx1-ubyte.gz");
  std::filesystem::create_directories(folder);
  std::ofstream table(folder / "labels.csv");
  table << "file,label\n";
  std::array<int, 10> count{};
  for (size_t k = 0; k < labels.values.size(); ++k) {
    const int kind = labels.values[k], number = count.at(static_cast<size_t>(kind))++;
    if (kind < from || kind >= to || number >= train + valid) continue;
    tenfold::vision::Image image{28, 28, {}};
    for (size_t pixel = 0; pixel < 28 * 28; ++pixel)
      image.rgb.insert(image.rgb.end(), 3, images.values[k * 784 + pixel]);
    const std::string file = std::string(number < train ? "train/" : "valid/") + names.at(static_cast<size_t>(kind)) +
                             "/" + std::to_string(number) + ".png";
    write_png(folder / file, image);
    table << file << "," << names.at(static_cast<size_t>(kind)) << "\n";
  }
}
