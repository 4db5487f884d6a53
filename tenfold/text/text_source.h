#pragma once
// Rows of texts with raw labels, from a CSV or class folders; internal to this room.

#include <string>
#include <vector>

#include "tenfold/text/options.h"

namespace tenfold::text {

/// Rows as a file has them: labels are text still.
struct TextRows {
  std::string path;                              ///< for messages
  std::vector<std::string> texts, names;         ///< [rows]
  std::vector<long> lines;                       ///< [rows], 0 for files
  std::vector<std::string> label_names;          ///< columns with labels; empty where there are none
  std::vector<std::vector<std::string>> labels;  ///< [column][row]
};

/// From a CSV. `columns` are those chosen for the training file, which others must have too, but for labels: without
/// them the rows have none. Left empty, they are chosen here and filled in.
struct TextColumns {
  std::vector<std::string> text, label;
};
TextRows rows_of_csv(const std::string& path, const DataOptions& options, TextColumns& columns);

/// From CLASS/*.txt, below any depth of a class; files beside the folders have no label and are taken where there are
/// no folders. Throws DataError where nothing is found.
TextRows rows_of_folder(const std::string& path);

}  // namespace tenfold::text
