#pragma once
// Which images there are and what they are labelled, by folders, by a CSV or by idx files, before any is decoded.
// Problems are gathered, so that training can stop at the first and `inspect` can show them all. Torch-free.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenfold/nn/task.h"
#include "tenfold/vision/options.h"

namespace tenfold::vision {

/// Images of one split. Grey pictures from idx files lie in `pixels` and have numbers for names; others are files.
struct ImagePart {
  std::vector<std::string> paths, names;   ///< full path (empty for idx); path below the data folder
  std::vector<int64_t> label;              ///< class of each (single label, ordinal), or empty
  std::vector<std::vector<float>> values;  ///< 0/1 a class (multi-label) or outputs (regression) of each, or empty
  std::shared_ptr<const std::vector<uint8_t>> pixels;  ///< [N, height, width], idx only
  int64_t height = 0, width = 0;

  int64_t size() const { return static_cast<int64_t>(names.size()); }
};

struct Problem {
  std::string path;
  long line = 0;
  std::string text;
};

struct Listing {
  std::string layout;  ///< "train/valid folders", "train folder", "class folders", "csv", "idx files"
  nn::TaskKind kind = nn::TaskKind::single_label;
  std::vector<std::string> classes, outputs;
  ImagePart train, valid, test;
  bool split_by_seed = false;        ///< valid is a share of what was train
  std::vector<Problem> problems;     ///< each would stop training
  std::vector<std::string> remarks;  ///< none of these would
};

/// Throws DataError where options.path holds no image data at all or a table or idx file cannot be read, ConfigError
/// for options that cannot work.
Listing list_images(const DataOptions& options, uint64_t seed);

/// Files below a folder whose endings are those of images, sorted; hidden ones are passed over. The path itself where
/// it is a file. Throws DataError where there is nothing at the path, FileError where a folder cannot be read.
std::vector<std::string> image_files(const std::string& path);

/// Whether options.csv is a list of images rather than a table to learn from: options.file_column says so, or one of
/// its first 100 rows names a file in its first column. Throws FileError where it cannot be read.
bool lists_images(const DataOptions& options);

// The three kinds of source.
Listing list_folders(const DataOptions& options, uint64_t seed);
Listing list_csv(const DataOptions& options, uint64_t seed);
Listing list_idx(const DataOptions& options, uint64_t seed);
/// The idx file of this stem in the folder, plain or .gz, or "".
std::string idx_file(const std::string& folder, const std::string& stem);

/// The task of a source that gives each image one class: single label, or ordinal on request. Throws ConfigError for
/// others.
nn::TaskKind task_of_classes(const DataOptions& options, const std::string& source);

/// Moves the share options.valid_share of train to valid.
void split_train(Listing& listing, const DataOptions& options, uint64_t seed);

}  // namespace tenfold::vision
