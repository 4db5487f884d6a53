// Rows a second of training a table network through the Learner, on made-up rows with the columns of nycflights13. The
// answer is checked before the clock: the network must have found the planted signal. Prints one JSON line.
//   tabular_bench [ARCH [ROWS [BATCH [EPOCHS [PRECISION]]]]]       defaults: modern 300000 1024 3 auto

#include <malloc.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "tenfold/tabular/learner.h"
#include "tenfold/train/predictions.h"

namespace {

using namespace tenfold;
using namespace tenfold::tabular;

/// Month, day, carrier, tail number, origin, destination, hour; then scheduled times, flight number, distance, minute.
const TableShape kShape{.levels = {13, 32, 17, 4044, 4, 106, 21}, .continuous = 5};

/// Whether a flight is late: an effect of each level and of each number, and chance. The same for the same seed.
Columns flights(int64_t rows, uint64_t seed) {
  const auto columns = static_cast<int64_t>(kShape.levels.size());
  Columns made{.codes = at::empty({rows, columns}, at::kInt),
               .continuous = at::empty({rows, kShape.continuous}),
               .target = at::empty({rows}, at::kLong)};
  auto* code = made.codes.mutable_data_ptr<int32_t>();
  auto* number = made.continuous.mutable_data_ptr<float>();
  auto* late = made.target.mutable_data_ptr<int64_t>();
  for (int64_t r = 0; r < rows; ++r) {
    Draw draw(seed, 0, static_cast<uint64_t>(r), Purpose::other);
    double score = 0;
    for (int64_t c = 0; c < columns; ++c) {
      const int64_t level = 1 + draw.below(kShape.levels[static_cast<size_t>(c)] - 1);
      code[r * columns + c] = static_cast<int32_t>(level);
      score += Draw(7, static_cast<uint64_t>(c), static_cast<uint64_t>(level), Purpose::other).normal();
    }
    for (int64_t k = 0; k < kShape.continuous; ++k) {
      const double x = draw.normal();
      number[r * kShape.continuous + k] = static_cast<float>(x);
      score += std::sin(2 * x);
    }
    late[r] = score + draw.normal() > 0 ? 1 : 0;
  }
  return made;
}

Json measure(const ModelOptions& model, int64_t rows, int64_t batch, int epochs, Precision precision) {
  const TableDataset all(flights(rows + rows / 5, 1));
  std::vector<int64_t> train, valid;
  for (int64_t k = 0; k < all.size(); ++k) (k < rows ? train : valid).push_back(k);
  auto data = table_data(std::make_shared<TableDataset>(all, train), std::make_shared<TableDataset>(all, valid),
                         nullptr, kShape, {.kind = nn::TaskKind::single_label, .classes = 2}, {"no", "yes"});
  auto learn = learner(data, model, {.batch = batch, .precision = precision, .metrics = {"auc"}});
  learn.fit({.lr = 1e-2, .shape = OneCycle{.epochs = 2}});
  const double auc = learn.record().epochs.back().metrics.at("auc");
  constexpr double kLeast = 0.85;
  if (auc < kLeast)
    throw std::runtime_error("AUC is " + std::to_string(auc) +
                             "; the network has not learnt, so its speed means nothing");
  learn.fit({.lr = 1e-3, .shape = OneCycle{.epochs = static_cast<double>(epochs)}});
  double seconds = 0, best = 0;
  for (auto row = learn.record().epochs.end() - epochs; row != learn.record().epochs.end(); ++row) {
    seconds += row->seconds;
    best = std::max(best, row->images_per_second);
  }
  const auto steps = static_cast<double>(epochs * (rows / batch));
  const auto from = std::chrono::steady_clock::now();
  const auto predictions = predict(learn, Split::valid);
  const double predicting = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  int64_t parameters = 0;
  for (const auto& parameter : learn.model().parameters()) parameters += parameter.numel();
  return {{"rows_per_s", steps * static_cast<double>(batch) / seconds},
          {"best_epoch_rows_per_s", best},
          {"step_ms", seconds / steps * 1e3},
          {"predict_rows_per_s", static_cast<double>(predictions.index.size()) / predicting},
          {"auc", auc},
          {"parameters", parameters}};
}

}  // namespace

int main(int count, char** words) {
  mallopt(M_MMAP_MAX, 0);  // as tenfold-core does
  mallopt(M_TRIM_THRESHOLD, -1);
  try {
    const auto word = [&](int k, const char* otherwise) { return std::string(count > k ? words[k] : otherwise); };
    ModelOptions model;
    LearnerOptions training;
    assign_text(model, "arch", word(1, "modern"));
    assign_text(training, "precision", word(5, "auto"));
    const int64_t rows = std::stol(word(2, "300000")), batch = std::stol(word(3, "1024"));
    Json line = measure(model, rows, batch, std::stoi(word(4, "3")), training.precision);
    line["arch"] = name_of(model.arch);
    line["batch"] = batch;
    line["threads"] = at::get_num_threads();
    std::cout << line.dump() << std::endl;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tabular_bench: %s\n", error.what());
    return 1;
  }
}
