// Images a second: the loader alone (decode, augment, batch, normalise), training through the Learner, and the
// network's step alone on one batch in memory. Prints one JSON line, with the keys that bench/peers/vision.sh compares.
//   vision_bench IMAGES|- BACKBONE SIZE BATCH STEPS [AUGMENT]       IMAGES "-": the network alone

#include <malloc.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "tenfold/data/loader.h"
#include "tenfold/nn/init.h"
#include "tenfold/optim/optimizer.h"
#include "tenfold/vision/learner.h"

namespace {

using namespace tenfold;
using Clock = std::chrono::steady_clock;
constexpr int kUncounted = 3;  // first batches of a run: thread start, allocation, primitive caches

double seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

/// Mean items a second from the end of the uncounted batches on, and the median step.
struct StepClock {
  int64_t items = 0;
  std::vector<double> steps;
  Clock::time_point began, last;
  int seen = 0;
  void step(int64_t n) {
    if (++seen <= kUncounted) {
      began = last = Clock::now();
      return;
    }
    items += n;
    steps.push_back(seconds(last));
    last = Clock::now();
  }
  double rate() const { return static_cast<double>(items) / std::chrono::duration<double>(last - began).count(); }
  double median_ms() {
    std::nth_element(steps.begin(), steps.begin() + static_cast<long>(steps.size() / 2), steps.end());
    return steps[steps.size() / 2] * 1e3;
  }
};

/// Forward, loss, backward and AdamW on one random batch of the published network with a plain linear classifier.
Json network_alone(const std::string& backbone, int64_t size, int64_t batch, int steps) {
  auto made = vision::backbone(backbone).make_classifier();
  auto* network = made.get();
  nn::initialise(*network, 42);
  network->train();
  std::vector<at::Tensor> parameters = network->parameters();
  std::vector<std::string> names;
  for (const auto& item : network->named_parameters()) names.push_back(item.key());
  auto optimizer = optim::make({}, {{.parameters = parameters, .names = names, .lr = 1e-3, .weight_decay = 0.01}});
  const auto x = torch::randn({batch, 3, size, size}).to(at::kBFloat16).contiguous(at::MemoryFormat::ChannelsLast);
  const auto y = torch::randint(10, {batch}, at::kLong);
  StepClock clock;
  for (int k = 0; k < steps + kUncounted; ++k) {
    const auto logits = network->forward(x);
    auto loss = torch::nn::functional::cross_entropy(logits, y);
    loss.backward();
    optimizer->step();
    optimizer->zero_grad();
    clock.step(batch);
  }
  return {{"synthetic", true}, {"images_per_s", clock.rate()}, {"step_ms", clock.median_ms()}};
}

Json photos(const std::string& folder, const std::string& backbone, int64_t size, int64_t batch, int steps,
            vision::Augment augment) {
  const vision::DataOptions options{.path = folder, .size = size, .augment = augment};
  const auto& row = vision::backbone(backbone);
  auto images = vision::load(options, row.normalisation, 42);
  images.data.valid = nullptr;  // steps are measured, no validation between them
  auto learner = vision::learner(images, {.backbone = backbone}, options, {.batch = batch});

  Loader loader(
      images.data.train,
      {.batch = batch, .workers = learner.options().workers, .shuffle = true, .drop_last = true, .augment = true});
  StepClock alone;
  for (uint64_t epoch = 0; alone.seen < steps + kUncounted; ++epoch) {
    loader.start(epoch);
    while (auto next = loader.next()) {
      const auto ready =
          images.data.transform->apply(std::move(*next), BatchTransform::Key{42, epoch}, learner.dtype());
      alone.step(ready.size());
      if (alone.seen == steps + kUncounted) break;
    }
  }
  loader.stop();

  StepClock clock;
  Callback timer{.name = "timer"};
  timer.on_step = [&](StepContext& context) {
    clock.step(context.batch.size());
    return clock.seen == steps + kUncounted ? Next::stop : Next::go_on;
  };
  learner.fit({.lr = 1e-3, .shape = Constant{.epochs = 1000}, .callbacks = {timer}});
  return {{"synthetic", false},
          {"images_per_s", clock.rate()},
          {"step_ms", clock.median_ms()},
          {"loader_images_per_s", alone.rate()},
          {"train_items", images.data.train->size()},
          {"workers", learner.options().workers}};
}

}  // namespace

int main(int count, char** words) {
  mallopt(M_MMAP_MAX, 0);  // as tenfold-core does
  mallopt(M_TRIM_THRESHOLD, -1);
  if (count < 6) {
    std::fprintf(stderr, "usage: vision_bench IMAGES|- BACKBONE SIZE BATCH STEPS [AUGMENT]\n");
    return 2;
  }
  try {
    const std::string folder = words[1], backbone = words[2];
    const int64_t size = std::stol(words[3]), batch = std::stol(words[4]);
    const int steps = std::stoi(words[5]);
    vision::Augment augment = vision::Augment::modern;
    for (const auto& [value, name] : names(vision::Augment{}))
      if (count > 6 && name == words[6]) augment = value;
    Json line = folder == "-" ? network_alone(backbone, size, batch, steps)
                              : photos(folder, backbone, size, batch, steps, augment);
    line["backbone"] = backbone;
    line["threads"] = at::get_num_threads();
    std::cout << line.dump() << std::endl;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vision_bench: %s\n", error.what());
    return 1;
  }
}
