#pragma once
// Where activations are kept between runs.

#include <filesystem>

namespace tenfold {

/// `chosen`, or where it is empty $TENFOLD_CACHE, $XDG_CACHE_HOME/tenfold or ~/.cache/tenfold, if one can be made
/// there; else "", so that nothing is kept.
std::filesystem::path cache_folder(const std::filesystem::path& chosen);

}  // namespace tenfold
