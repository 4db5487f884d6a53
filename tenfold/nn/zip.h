#pragma once
// The directory of a zip file as torch.save writes it: stored entries only, 64-bit sizes. Hands out ranges of the file,
// so nothing is copied.

#include <map>
#include <string>

#include "tenfold/nn/bytes.h"

namespace tenfold::nn {

/// Content of each entry by its name. Throws WeightsError where the directory is missing, an entry is compressed, named
/// twice, or reaches beyond the file.
std::map<std::string, Bytes> zip_entries(Bytes file, const std::string& path);

}  // namespace tenfold::nn
