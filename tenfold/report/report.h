#pragma once
// One self-contained HTML file a run: opens offline, in dark and light, on a phone. Drawn from plain records;
// torch-free.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tenfold/report/columns.h"
#include "tenfold/report/labels.h"
#include "tenfold/report/marked_text.h"
#include "tenfold/report/outputs.h"
#include "tenfold/report/picture.h"
#include "tenfold/report/ranking.h"
#include "tenfold/report/scatter.h"
#include "tenfold/train/record.h"

namespace tenfold::report {

struct LrPlot {
  std::vector<double> lr, loss;
  std::vector<std::pair<std::string, double>> suggestions;  ///< name, rate
  std::pair<double, double> range{0, 0};                    ///< error bar of the first suggestion; none where 0
  std::string title;                                        ///< "before stage 2"; empty: a general one
};

struct TopLossRow {
  std::string name, actual, predicted;
  double loss = 0;
  std::optional<double> probability{};  ///< of what is predicted; values have none, and are not right or wrong
  Picture picture;
  std::vector<MarkedText> texts{};  ///< of a text: its words shaded by what they did to one output
  std::vector<Picture> heat{};      ///< the picture shaded by what speaks for one output; captions say for which
};

/// What the page shows; empty parts are left out.
struct Page {
  std::string title;
  std::vector<std::pair<std::string, std::string>> summary;  ///< the figures at the top: "accuracy", "0.942"
  Record record;
  Ranking ranking;  ///< of networks, by rank-backbones
  std::vector<LrPlot> lr_plots;
  std::vector<Picture> sample_batch;  ///< after augmentation
  std::vector<std::string> classes;
  std::vector<std::vector<int64_t>> confusion;
  std::vector<LabelRow> labels;  ///< multi-label, instead of the matrix
  ThresholdPlot thresholds;
  std::vector<OutputPlot> outputs;  ///< regression, instead of the matrix
  std::vector<TopLossRow> top_losses;
  std::vector<std::string> heat_scale;       ///< colours "#rrggbb" of the heat over top losses, from none to most
  std::string heat_note;                     ///< why there is none
  std::vector<TranslationRow> translations;  ///< some, from all over the split
  std::vector<Alignment> alignments;         ///< of translations: what each word looked at
  Scatter embedding;
  std::string embedding_note;              ///< how it was made
  std::vector<LeakRow> leaks;              ///< tables: where validation may be better than life
  Comparison comparison;                   ///< tables with boosted trees beside the network
  ImportancePlot importance;               ///< tables
  std::vector<DependencePlot> dependence;  ///< tables
  std::vector<Scatter> levels;             ///< tables: the levels of a category in the plane of their vectors
  CalibrationPlot calibration;             ///< classes
  std::vector<TimeErrorPlot> time_errors;  ///< tables with a date
  std::string split;                       ///< what these parts are about: "valid"
  std::string recipe;                      ///< TOML
  std::vector<std::string> notes;          ///< warnings, skipped files
};

/// The page: UTF-8, allowed by its own policy to load nothing from outside. Any text may stand in any part; malformed
/// UTF-8 is shown as U+FFFD. Long curves are thinned to a few thousand points that keep every peak.
std::string html(const Page& page);

/// html() as a file, whole or not there. Throws FileError.
void write(const std::filesystem::path& path, const Page& page);

}  // namespace tenfold::report
