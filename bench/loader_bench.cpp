// Images a second of the loader with its batch transform, and where the time goes: decode, view (crop and resize),
// transform. Prints one JSON line.   loader_bench IMAGES SIZE BATCH STEPS WORKERS [AUGMENT] [RESIZE]

#include <ATen/Parallel.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <numeric>
#include <string>

#include "tenfold/core/file.h"
#include "tenfold/data/loader.h"
#include "tenfold/vision/images.h"
#include "tenfold/vision/item.h"

namespace {

using namespace tenfold;
using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

template <class Choice>
void choose(Choice& choice, const std::string& word) {
  for (const auto& [value, name] : names(choice))
    if (name == word) choice = value;
}

/// Images a second of the loader and transform together, from the third batch on.
double rate(const Data& data, const LoaderOptions& options, int steps) {
  Loader loader(data.train, options);
  Clock::time_point began;
  int64_t items = 0;
  int seen = 0;
  for (uint64_t epoch = 0; seen < steps + 3; ++epoch) {
    loader.start(epoch);
    while (auto batch = loader.next()) {
      const auto ready =
          data.transform->apply(std::move(*batch), BatchTransform::Key{options.seed, epoch}, at::kBFloat16);
      if (++seen <= 3)
        began = Clock::now();
      else
        items += ready.size();
      if (seen == steps + 3) break;
    }
  }
  return static_cast<double>(items) / seconds(began);
}

/// Milliseconds an image of each part, on this thread.
Json parts(const Data& data, const vision::DataOptions& options, int64_t batch) {
  const vision::ItemView view{
      .size = options.size, .resize = options.resize, .augment = options.augment, .max_zoom = options.max_zoom};
  double decode = 0, look = 0;
  const int64_t n = std::min<int64_t>(data.train->size(), 200);
  for (int64_t k = 0; k < n; ++k) {
    const std::string file = read_file(options.path + "/" + data.train->name(k));
    auto began = Clock::now();
    const auto image =
        vision::decode(std::as_bytes(std::span(file)), "", {.at_least = vision::decode_at_least(view, true)});
    decode += seconds(began);
    began = Clock::now();
    vision::view_of(image, view, Draw(1, 0, static_cast<uint64_t>(k), Purpose::item_transform));
    look += seconds(began);
  }
  Batch given;
  given.x = {at::randint(256, {batch, options.size, options.size, 3}, at::kByte).permute({0, 3, 1, 2})};
  given.index.resize(static_cast<size_t>(batch));
  std::iota(given.index.begin(), given.index.end(), 0);
  constexpr uint64_t kTimes = 20;
  auto began = Clock::now();
  for (uint64_t epoch = 0; epoch < kTimes; ++epoch)
    data.transform->apply(given, BatchTransform::Key{1, epoch}, at::kBFloat16);
  const double transform = seconds(began) / kTimes / static_cast<double>(batch);
  return {{"decode_ms", decode / n * 1e3}, {"view_ms", look / n * 1e3}, {"transform_ms", transform * 1e3}};
}

}  // namespace

int main(int count, char** words) {
  if (count < 6) {
    std::fprintf(stderr, "usage: loader_bench IMAGES SIZE BATCH STEPS WORKERS [AUGMENT] [RESIZE]\n");
    return 2;
  }
  try {
    vision::DataOptions options{.path = words[1], .size = std::stol(words[2])};
    if (count > 6) choose(options.augment, words[6]);
    if (count > 7) choose(options.resize, words[7]);
    const int64_t batch = std::stol(words[3]);
    const auto images = vision::load(options, {}, 42);
    const LoaderOptions loading{
        .batch = batch, .workers = std::stoi(words[5]), .shuffle = true, .drop_last = true, .augment = true};
    Json line = {{"images_per_s", rate(images.data, loading, std::stoi(words[4]))}, {"threads", at::get_num_threads()}};
    line.update(parts(images.data, options, batch));
    std::cout << line.dump() << std::endl;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "loader_bench: %s\n", error.what());
    return 1;
  }
}
