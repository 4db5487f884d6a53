#pragma once
// One table's columns beside another's, row by row of the same key. Torch-free.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenfold/data/frame.h"

namespace tenfold {

/// What to do where several rows on the right have one key: nothing, which is an error, the first of them, or a row for
/// each.
enum class Duplicates { refuse, first, all };
constexpr auto names(Duplicates) {
  return std::to_array<std::pair<Duplicates, std::string_view>>(
      {{Duplicates::refuse, "refuse"}, {Duplicates::first, "first"}, {Duplicates::all, "all"}});
}

struct JoinOptions {
  std::vector<std::string> keys{};        ///< columns of the left table
  std::vector<std::string> right_keys{};  ///< what they are called on the right; empty: the same
  Duplicates duplicates = Duplicates::refuse;
  std::string suffix = "_right";  ///< of columns on the right whose names are taken
};

struct JoinReport {
  size_t unmatched = 0;                 ///< rows on the left whose key the right lacks; a missing key matches nothing
  std::vector<std::string> examples{};  ///< the first few of their keys, "store=7, date=2013-01-01"
  size_t unused = 0;                    ///< rows on the right that no row on the left asked for
  size_t duplicates = 0;                ///< rows on the right behind the first of their key
};

/// The rows of `left` in their order, then the columns of `right` without its keys, null where there is no such row.
/// Integer keys match real ones, categories match texts. Throws DataError for keys that are not there or of kinds that
/// do not match, for duplicates, naming one, and for names taken even with the suffix.
Frame left_join(const Frame& left, const Frame& right, const JoinOptions& options, JoinReport* report = nullptr);

}  // namespace tenfold
