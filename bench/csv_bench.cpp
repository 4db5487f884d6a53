// Megabytes of CSV a second into a frame, best and median of several readings of one file. Prints one JSON line, with
// the keys that bench/peers/csv.sh compares.
//   csv_bench FILE [THREADS] [ROUNDS]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "tenfold/core/options.h"
#include "tenfold/data/read_frame.h"

int main(int argc, char** argv) {
  using namespace tenfold;
  if (argc < 2) {
    std::cerr << "usage: csv_bench FILE [THREADS] [ROUNDS]\n";
    return 2;
  }
  try {
    const std::string file = argv[1];
    const ReadOptions options{.threads = argc > 2 ? std::stoi(argv[2]) : 0};
    const int rounds = argc > 3 ? std::stoi(argv[3]) : 5;
    const double megabytes = static_cast<double>(std::filesystem::file_size(file)) / 1e6;
    std::vector<double> seconds;
    size_t rows = 0;
    Json kinds = Json::object();
    for (int round = 0; round < rounds; ++round) {
      const auto begun = std::chrono::steady_clock::now();
      const Frame frame = read_frame(file, options);
      seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
      rows = frame.rows();
      for (size_t column = 0; column < frame.columns(); ++column)
        kinds[frame.names()[column]] = name_of(frame.column(column).kind());
    }
    std::sort(seconds.begin(), seconds.end());
    std::cout << Json{{"mb_per_s", megabytes / seconds[seconds.size() / 2]},
                      {"best_mb_per_s", megabytes / seconds.front()},
                      {"rows", rows},
                      {"kinds", kinds}}
              << "\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
