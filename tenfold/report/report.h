#pragma once
// One self-contained HTML file a run: opens offline, in dark and light, on a phone. Drawn from plain records;
// torch-free.

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/train/record.h"

namespace tenfold::report {

/// An encoded picture with its caption.
struct Picture {
  std::string media_type = "image/jpeg";
  std::string bytes;
  std::string caption;
};

struct LrPlot {
  std::vector<double> lr, loss;
  std::vector<std::pair<std::string, double>> suggestions;  ///< name, rate
  std::pair<double, double> range{0, 0};                    ///< error bar of the first suggestion; none where 0
  std::string title;                                        ///< "before stage 2"; empty: a general one
};

struct TopLossRow {
  std::string name, actual, predicted;
  double loss = 0, probability = 0;
  Picture picture;
};

/// What the page shows; empty parts are left out.
struct Page {
  std::string title;
  std::vector<std::pair<std::string, std::string>> summary;  ///< the figures at the top: "accuracy", "0.942"
  Record record;
  std::vector<LrPlot> lr_plots;
  std::vector<Picture> sample_batch;  ///< after augmentation
  std::vector<std::string> classes;
  std::vector<std::vector<int64_t>> confusion;
  std::vector<TopLossRow> top_losses;
  std::string recipe;              ///< TOML
  std::vector<std::string> notes;  ///< warnings, skipped files
};

/// The page: UTF-8, allowed by its own policy to load nothing from outside. Any text may stand in any part; malformed
/// UTF-8 is shown as U+FFFD. Long curves are thinned to a few thousand points that keep every peak.
std::string html(const Page& page);

/// html() as a file, whole or not there. Throws FileError.
void write(const std::filesystem::path& path, const Page& page);

}  // namespace tenfold::report
