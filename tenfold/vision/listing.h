#pragma once
// Which images there are and what they are labelled, by folders, by a CSV or by idx files, before any is decoded. Problems are
// gathered, so that training can stop at the first and `inspect` can show them all. Torch-free.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/task.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

/// Images of one split. Grey pictures from idx files lie in `pixels` and have numbers for names; others are files.
struct ImagePart {
  std::vector<std::string> paths, names;      ///< full path; path below the data folder
  std::vector<int64_t> label;                 ///< class of each (single label, ordinal), or empty
  std::vector<std::vector<float>> values;     ///< 0/1 a class (multi-label) or outputs (regression) of each, or empty
  std::shared_ptr<const std::vector<uint8_t>> pixels;  ///< [N, height, width], idx only
  int64_t height = 0, width = 0;

  int64_t size() const { return static_cast<int64_t>(names.size()); }
  bool labelled() const { return !label.empty() || !values.empty(); }
};

struct Problem {
  std::string path;
  long line = 0;
  std::string text;
};

struct Listing {
  std::string layout;  ///< "train/valid folders", "class folders", "csv", "idx files"
  nn::TaskKind kind = nn::TaskKind::single_label;
  std::vector<std::string> classes, outputs;
  ImagePart train, valid, test;
  std::vector<Problem> problems;  ///< each would stop training
  std::vector<std::string> remarks;  ///< none of these would
};

/// Throws DataError only where options.path holds no image data at all, ConfigError for options that cannot work.
Listing list_images(const DataOptions& options, uint64_t seed);

/// True for the endings of image files, in any case.
bool looks_like_image(const std::string& path);
/// Image files below a folder, sorted; the path itself where it is a file.
std::vector<std::string> image_files(const std::string& path);

// The three kinds of source.
Listing list_folders(const DataOptions& options, uint64_t seed);
Listing list_csv(const DataOptions& options, uint64_t seed);
Listing list_idx(const DataOptions& options, uint64_t seed);
/// The idx file of this stem in the folder, plain or .gz, or "".
std::string idx_file(const std::string& folder, const std::string& stem);

/// Moves the share options.valid_share of train to valid.
void split_train(Listing& listing, const DataOptions& options, uint64_t seed);

}  // namespace tenfold::vision
