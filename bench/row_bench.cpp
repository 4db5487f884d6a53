// Microseconds for the prediction of one row by a loaded model file: from the row's texts to probabilities, warm. The
// answers are checked first, against those for the same rows as a table. Prints one JSON line.
//   row_bench MODEL CSV [ROWS]       MODEL: model.safetensors of a table's run; ROWS (500): of the file, to ask about

#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "tenfold/bundle/row_predictor.h"
#include "tenfold/data/csv_reader.h"
#include "tenfold/data/read_frame.h"
#include "tenfold/tabular/load.h"
#include "tenfold/train/predictions.h"

namespace {

using namespace tenfold;
using Clock = std::chrono::steady_clock;

/// The first rows of the file, as texts.
std::vector<RowPredictor::Row> rows_of(const std::string& path, size_t count) {
  std::vector<RowPredictor::Row> rows;
  CsvReader reader(path);
  for (CsvBlock block; rows.size() < count && reader.next(block);)
    for (size_t row = 0; row < block.rows() && rows.size() < count; ++row) {
      auto& one = rows.emplace_back();
      for (size_t k = 0; k < reader.columns().size(); ++k)
        one.emplace_back(reader.columns()[k], std::string(block.at(row, k)));
    }
  return rows;
}

/// The largest difference between a row's own answer and that of the table.
double furthest(RowPredictor& predictor, const std::vector<RowPredictor::Row>& rows, const at::Tensor& table) {
  double most = 0;
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto got = predictor.predict(rows[row]);
    for (size_t k = 0; k < got.size(); ++k) {
      const double wanted = table[static_cast<int64_t>(row)][static_cast<int64_t>(k)].item<double>();
      most = std::max(most, std::abs(static_cast<double>(got[k]) - wanted) / std::max(1.0, std::abs(wanted)));
    }
  }
  return most;
}

Json measure(const std::string& model, const std::string& csv, size_t count) {
  const Bundle bundle = load_bundle(model);
  const auto& pipeline = bundle.pipeline;
  RowPredictor predictor(bundle);
  const auto rows = rows_of(csv, count);
  const auto& preprocessor = std::get<TablePipeline>(pipeline.of).preprocessor;
  const Frame frame = read_frame(csv).slice(0, rows.size());
  Learner learner = learner_for(bundle, tabular::to_predict(frame, preprocessor),
                                {.batch = 4096,
                                 .precision = pipeline.precision == "bf16" ? Precision::bf16 : Precision::fp32,
                                 .threads = pipeline.threads});
  const auto table = tabular::to_unit(preprocessor, predict(learner, Split::test).activated);
  const double most = furthest(predictor, rows, table);
  if (!(most < 1e-5)) throw Error("row_bench: a row alone is " + shortest(most) + " off the same row in the table");

  std::vector<double> micros;
  constexpr size_t kCalls = 5000;
  for (size_t call = 0; call < kCalls; ++call) {
    const auto& row = rows[call % rows.size()];
    const auto from = Clock::now();
    predictor.predict(row);
    micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - from).count());
  }
  std::sort(micros.begin(), micros.end());
  return {{"name", "row_bench"},
          {"rows", rows.size()},
          {"furthest_off", most},
          {"median_us", micros[kCalls / 2]},
          {"p99_us", micros[kCalls * 99 / 100]},
          {"worst_us", micros.back()},
          {"threads", pipeline.threads},
          {"precision", pipeline.precision}};
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "usage: row_bench MODEL CSV [ROWS]\n";
    return 2;
  }
  try {
    std::cout << measure(arguments[1], arguments[2], count > 3 ? std::stoul(arguments[3]) : 500).dump() << "\n";
  } catch (const std::exception& error) {
    std::fprintf(stderr, "row_bench: %s\n", error.what());
    return 1;
  }
}
