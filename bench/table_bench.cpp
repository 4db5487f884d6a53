// Seconds from a CSV file to what a network takes: reading, splitting, fitting the preprocessor on the training rows,
// and applying it to both parts. The answer is checked before it is printed: every row came through, numbers of the
// training rows have mean 0 and deviation 1. Prints one JSON line, with the keys that bench/peers/tabular.sh compares.
//   table_bench CSV TARGET [IGNORED,COLUMNS [REPEATS]]

#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "tenfold/data/read_frame.h"
#include "tenfold/tabular/preprocess.h"
#include "tenfold/tabular/rows.h"

namespace {

using namespace tenfold;
using namespace tenfold::tabular;
using Clock = std::chrono::steady_clock;

double seconds(Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); }

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void check(const Preprocessor& preprocessor, const Columns& train, size_t rows) {
  if (train.continuous.size(0) != static_cast<int64_t>(rows)) throw Error("table_bench: rows were lost");
  for (size_t k = 0; k < preprocessor.numbers.size(); ++k) {
    const auto column = train.continuous.select(1, static_cast<int64_t>(k)).to(at::kDouble);
    const double mean = column.mean().item<double>(), deviation = column.std(/*unbiased=*/false).item<double>();
    if (std::abs(mean) > 1e-4 || std::abs(deviation - 1) > 1e-3)
      throw Error("table_bench: '" + preprocessor.numbers[k].name + "' has mean " + shortest(mean) + " and deviation " +
                  shortest(deviation) + "; 0 and 1 were wanted");
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "usage: table_bench CSV TARGET [IGNORED,COLUMNS [REPEATS]]\n";
    return 2;
  }
  DataOptions options{.target = {arguments[2]}, .split = SplitKind::random};
  std::istringstream ignored(count > 3 ? arguments[3] : "");
  for (std::string name; std::getline(ignored, name, ',');) options.ignore.push_back(name);
  const int repeats = count > 4 ? std::stoi(arguments[4]) : 5;
  std::vector<double> reading, splitting, fitting, applying, all;
  Json line;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    auto from = Clock::now();
    const auto start = from;
    const Frame frame = read_frame(arguments[1]);
    reading.push_back(seconds(from));
    from = Clock::now();
    const auto split = split_rows(frame, options, 42);
    splitting.push_back(seconds(from));
    from = Clock::now();
    const auto preprocessor = fit(frame, split.parts.train, options);
    fitting.push_back(seconds(from));
    from = Clock::now();
    const auto train = apply_training(preprocessor, frame, split.parts.train).columns;
    const auto valid = apply(preprocessor, frame, split.parts.valid).columns;
    applying.push_back(seconds(from));
    all.push_back(seconds(start));
    check(preprocessor, train, split.parts.train.size());
    line = {{"name", "table_bench"},
            {"rows", frame.rows()},
            {"train", train.codes.size(0)},
            {"valid", valid.codes.size(0)},
            {"categorical", preprocessor.categories.size()},
            {"continuous", preprocessor.numbers.size()}};
  }
  line["read_s"] = median(reading);
  line["split_s"] = median(splitting);
  line["fit_s"] = median(fitting);
  line["apply_s"] = median(applying);
  line["total_s"] = median(all);
  line["rows_per_s"] = line["rows"].get<double>() / median(all);
  std::cout << line.dump() << "\n";
}
